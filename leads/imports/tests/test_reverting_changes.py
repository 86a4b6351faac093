"""Taking back what an import changed of leads: fields, tags, stages, next steps, and what is told instead.

Mara brought the file; Sami works on its leads afterwards.
"""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from leads.funnel.models import Reason, Stage, Tag
from leads.imports import actions
from leads.imports.actions import reverting, running
from leads.imports.actions.reverting import preview
from leads.imports.models import Import
from leads.imports.tests.bringing import bring, counts, kept, stored, take_back, taken_back
from leads.records import actions as records
from leads.records.actions import steps
from leads.records.models import Company, Deal, Lead, StagePassage
from leads.records.tests.factories import NOON, LeadFactory, person
from workspace.commitments.models import Commitment
from workspace.journal.models import JournalEntry
from workspace.people.models import Person
from workspace.people.roles import Role

pytestmark = pytest.mark.django_db
# What is written together with the import is no work on its leads: where somebody works on them, that commits by itself.
in_turn = pytest.mark.django_db(transaction=True)


@pytest.fixture
def mara() -> Person:
    return person("Mara Lindholm", Role.MARKETER)


@pytest.fixture
def sami() -> Person:
    return person("Sami Rep")


def full(**values: Any) -> Lead:
    """A lead with something in every kind of field."""
    given = {
        "email": "ada@x.example", "first_name": "Ada", "city": "London", "source": "Web", "company": "Kestrel",
        "value": "1200.50", "currency": "EUR", "next_step": "Call back", "next_step_at": NOON + timedelta(days=9),
        "consent": {"mail": True}, "tags": ["old"], "asleep_until": None,
    }  # fmt: skip
    return LeadFactory.create(**given | values)


CHANGES = (
    "email,first_name,city,source,company,value,currency,next step,follow up,tags,Consent,Own,owner,phone\n"
    "ada@x.example,Adele,Paris,Fair,Osprey,99,USD,Write,2026-12-24,new,no,hm,sami.rep@fennmark.example,+44 20 7946 0958\n"
)
COLUMNS = {
    "email": "email", "first_name": "first_name", "city": "city", "source": "source", "company": "company", "value": "value",
    "currency": "currency", "next step": "next_step", "follow up": "next_step_at", "tags": "tags",
    "Consent": "consent.mail", "Own": "new", "owner": "owner", "phone": "phone",
}  # fmt: skip
WATCHED = ("first_name", "city", "value", "currency", "value_base", "next_step", "next_step_at", "consent", "custom", "phone",
           "phone_key", "company_name", "company_id", "source_id", "owner_id")  # fmt: skip


def watched(lead: Lead) -> dict[str, Any]:
    return {column: getattr(lead, column) for column in WATCHED} | {"tags": sorted(str(tag) for tag in lead.tags.all())}


def test_every_field_that_it_changed_says_again_what_it_said_before(mara: Person, sami: Person) -> None:
    before = watched(stored(full(owner=None).email))
    import_ = bring(CHANGES, COLUMNS, by=mara)
    changed = watched(stored("ada@x.example"))
    assert all(changed[column] != before[column] for column in before if column != "value_base"), changed

    done = take_back(import_, by=mara)

    assert taken_back(done) == (0, 1, 0)
    assert watched(stored("ada@x.example")) == before
    deal = Deal.objects.get()
    assert (str(deal.value), deal.currency) == ("1200.50", "EUR")
    last = JournalEntry.objects.filter(verb="lead.edited").latest("recorded_at", "pk")
    assert (last.actor, last.way) == (mara, "worker")


def test_an_owner_before_it_owns_the_lead_again(mara: Person, sami: Person) -> None:
    full(owner=person("Rosa Rep"))
    import_ = bring("email,owner\nada@x.example,sami.rep@fennmark.example\n", by=mara)
    assert stored("ada@x.example").owner == sami

    take_back(import_)

    assert str(stored("ada@x.example").owner) == "Rosa Rep"


def test_an_owner_who_left_meanwhile_is_told(mara: Person, sami: Person) -> None:
    rosa = person("Rosa Rep")
    full(owner=rosa)
    import_ = bring("email,owner,city\nada@x.example,sami.rep@fennmark.example,Paris\n", by=mara)
    Person.objects.filter(pk=rosa.pk).update(is_active=False)

    done = take_back(import_)

    assert taken_back(done) == (0, 1, 1)
    assert (stored("ada@x.example").owner, stored("ada@x.example").city) == (sami, "London")
    assert kept() == [("ada@x.example", "Owner", "Rosa Rep is not here any more.")]


@in_turn
def test_a_field_that_was_changed_since_stays_and_the_others_are_restored(mara: Person, sami: Person) -> None:
    full()
    import_ = bring("email,first_name,city\nada@x.example,Adele,Paris\n", by=mara)
    records.change(stored("ada@x.example"), {"city": "Rome"}, by=sami, at=timezone.now())

    done = take_back(import_)

    lead = stored("ada@x.example")
    assert (taken_back(done), lead.first_name, lead.city) == ((0, 1, 1), "Ada", "Rome")
    assert kept()[0][:2] == ("ada@x.example", "City")
    assert kept()[0][2].startswith("Sami Rep changed it since, on ")


@in_turn
def test_a_currency_stays_where_its_value_was_changed_since(mara: Person, sami: Person) -> None:
    full()
    import_ = bring("email,value,currency\nada@x.example,99,USD\n", by=mara)
    records.change(stored("ada@x.example"), {"value": "77"}, by=sami, at=timezone.now())

    take_back(import_)

    lead = stored("ada@x.example")
    assert (str(lead.value), lead.currency) == ("77.00", "USD")
    assert [what for _email, what, _reason in kept()] == ["Value", "Currency"]


def test_a_tag_that_somebody_added_since_stays_and_that_of_the_import_goes(mara: Person, sami: Person) -> None:
    full()
    import_ = bring("email,tags\nada@x.example,new\n", by=mara)
    stored("ada@x.example").tags.add(Tag.objects.create(name="Own"))

    take_back(import_)

    assert sorted(str(tag) for tag in stored("ada@x.example").tags.all()) == ["Own", "old"]


def test_an_address_that_another_lead_has_by_now_is_told_and_the_rest_is_restored(mara: Person) -> None:
    full(external_id="X1")
    import_ = bring("external_id,email,city\nX1,new@x.example,Paris\n", by=mara)
    LeadFactory.create(email="ada@x.example")

    done = take_back(import_)

    lead = Lead.objects.get(external_id="X1")
    assert (taken_back(done), lead.email, lead.city) == ((0, 1, 1), "new@x.example", "London")
    assert kept()[0][1] == "E-mail"


def test_addresses_that_went_from_lead_to_lead_come_back(mara: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "BATCH", 1)
    before = "external_id,email\nX1,one@x.example\nX2,two@x.example\nX3,three@x.example\n"
    bring(before, match="external_id", by=mara)
    round_ = "X1,aside@x.example\nX2,one@x.example\nX3,two@x.example\nX1,three@x.example\n"
    import_ = bring(f"external_id,email\n{round_}", match="external_id", by=mara)
    assert counts(import_) == (0, 4, 0, 0)

    done = take_back(import_, by=mara)

    known = dict(Lead.objects.values_list("external_id", "email"))
    assert known == {"X1": "one@x.example", "X2": "two@x.example", "X3": "three@x.example"}
    assert taken_back(done) == (0, 3, 0)


@in_turn
def test_who_would_take_an_address_that_another_lead_keeps_goes_without_it(mara: Person, sami: Person) -> None:
    bring("external_id,email,city\nX1,one@x.example,Ulm\nX2,two@x.example,Ulm\n", match="external_id", by=mara)
    rows = "X1,aside@x.example,Bonn\nX2,one@x.example,Bonn\n"
    import_ = bring(f"external_id,email,city\n{rows}", match="external_id", by=mara)
    records.change(stored("one@x.example"), {"email": "own@x.example"}, by=sami, at=timezone.now())
    records.change(stored("own@x.example"), {"email": "one@x.example"}, by=sami, at=timezone.now())

    done = take_back(import_, by=mara)

    known = dict(Lead.objects.values_list("external_id", "email"))
    assert known == {"X1": "aside@x.example", "X2": "one@x.example"}
    assert taken_back(done) == (0, 2, 2)
    assert [what for _email, what, _reason in kept()] == ["E-mail", "E-mail"]


def test_what_is_not_here_any_more_is_told_and_not_made_again(mara: Person) -> None:
    full()
    import_ = bring("email,source,company,city\nada@x.example,Fair,Osprey,Paris\n", by=mara)
    Company.objects.filter(name="Kestrel").update(deleted_at=NOON)

    done = take_back(import_, by=mara)

    lead = stored("ada@x.example")
    assert (taken_back(done), str(lead.source), lead.company_name, lead.city) == ((0, 1, 1), "Web", "Osprey", "London")
    assert kept() == [("ada@x.example", "Company", "Kestrel is not here any more.")]


def test_a_lead_that_waits_to_be_sorted_goes_on_waiting(mara: Person, sami: Person) -> None:
    Lead.objects.filter(pk=full(owner=None).pk).update(to_sort_by=sami, to_sort_until=NOON.date())
    import_ = bring("email,owner\nada@x.example,sami.rep@fennmark.example\n", by=mara)

    take_back(import_, by=mara)

    lead = stored("ada@x.example")
    assert (lead.owner, lead.to_sort_by, lead.to_sort_until) == (None, sami, NOON.date())


def passages(lead: Lead) -> list[tuple[str, datetime, datetime | None]]:
    rows = StagePassage.objects.filter(deal__lead=lead).order_by("entered_at", "pk").select_related("stage")
    return [(row.stage.slug, row.entered_at, row.left_at) for row in rows]


def test_a_move_is_taken_back_with_its_stay_and_the_journal_tells_both(mara: Person) -> None:
    lead = full()
    before = passages(lead)
    entered_at = lead.stage_entered_at
    import_ = bring("email,stage,closed_at\nada@x.example,won,2026-11-20\n", by=mara)
    assert stored("ada@x.example").stage.slug == "won"

    done = take_back(import_, by=mara)

    lead = stored("ada@x.example")
    deal = Deal.objects.get(lead=lead)
    assert taken_back(done) == (0, 1, 0)
    assert (lead.stage.slug, lead.closed_at, lead.stage_entered_at, lead.furthest_stage.slug) == (
        "new",
        None,
        entered_at,
        "new",
    )
    assert (deal.stage.slug, deal.outcome, deal.closed_at, deal.furthest_stage.slug) == ("new", "", None, "new")
    assert passages(lead) == before
    moves = JournalEntry.objects.filter(verb="lead.moved").order_by("pk")
    assert [(move.facts["from_stage"], move.facts["to_stage"]) for move in moves] == [("new", "won"), ("won", "new")]
    assert moves[1].personal["reason_text"] == "The import of leads.csv was taken back."


def test_two_moves_of_one_file_are_both_taken_back(mara: Person) -> None:
    lead = full()
    before = passages(lead)
    import_ = bring("email,stage\nada@x.example,engaged\nada@x.example,mql\n", by=mara)
    assert len(passages(lead)) == 3

    take_back(import_)

    assert (passages(lead), stored("ada@x.example").furthest_stage.slug) == (before, "new")


def test_a_next_step_that_went_with_the_closing_is_back(mara: Person, sami: Person) -> None:
    lead = full(owner=sami)
    steps.follow([lead.pk], by=mara, at=NOON)
    import_ = bring("email,stage,next step\nada@x.example,won,Write\n", by=mara)
    assert (stored("ada@x.example").next_step, Commitment.objects.open().count()) == ("", 0)

    done = take_back(import_, by=mara)

    lead = stored("ada@x.example")
    assert (taken_back(done), kept()) == ((0, 1, 0), [])
    assert (lead.next_step, lead.next_step_at) == ("Call back", NOON + timedelta(days=9))
    owed = Commitment.objects.open().get()
    assert (owed.text, owed.due_at, owed.debtor) == ("Call back", NOON + timedelta(days=9), sami)


@in_turn
def test_a_next_step_that_went_with_the_closing_is_told_where_the_lead_was_moved_since(
    mara: Person, sami: Person
) -> None:
    lead = full(owner=sami)
    steps.follow([lead.pk], by=mara, at=NOON)
    import_ = bring("email,stage\nada@x.example,won\n", by=mara)
    back = Stage.objects.get(slug="mql")
    records.move(stored("ada@x.example"), back, by=sami, at=timezone.now(), reason_text="not yet")

    take_back(import_, by=mara)

    assert stored("ada@x.example").next_step == ""
    assert [what for _email, what, _reason in kept()] == ["Stage", "Next step"]


def test_a_step_that_was_let_go_before_the_import_stays_away(mara: Person, sami: Person) -> None:
    lead = full(owner=sami)
    steps.follow([lead.pk], by=mara, at=NOON)
    records.change(lead, {"next_step": "", "next_step_at": None}, by=sami, at=NOON)
    import_ = bring("email,stage\nada@x.example,won\n", by=mara)

    take_back(import_, by=mara)

    assert (stored("ada@x.example").next_step, Commitment.objects.open().count()) == ("", 0)


def test_the_end_at_which_a_deal_stood_has_its_reason_again(mara: Person, sami: Person) -> None:
    lead = full()
    other = Reason.objects.filter(kind="lost", asks_text=True).first()
    assert other is not None
    lost = Stage.objects.get(slug="lost")
    records.move(lead, lost, by=sami, at=timezone.now(), reason=other, reason_text="They sold the plant")
    before = Deal.objects.values("stage", "closed_at", "outcome", "reason", "reason_text").get()
    assert before["reason"] == other.pk
    import_ = bring("email,stage\nada@x.example,mql\n", by=mara)
    assert stored("ada@x.example").lost_reason is None

    take_back(import_, by=mara)

    assert Deal.objects.values("stage", "closed_at", "outcome", "reason", "reason_text").get() == before
    assert stored("ada@x.example").lost_reason == other


@in_turn
def test_two_imports_are_taken_back_one_after_the_other(mara: Person, sami: Person) -> None:
    rosa = person("Rosa Rep")
    full(external_id="X1", owner=None, marketer=None)
    before = watched(stored("ada@x.example"))
    stages = passages(stored("ada@x.example"))
    columns = {"external_id": "external_id"} | COLUMNS | {"stage": "stage"}
    header, values = CHANGES.splitlines()
    first = bring(f"external_id,stage,{header}\nX1,mql,{values}\n", columns, by=mara, match="external_id")
    second = bring(
        f"external_id,stage,{header}\nX1,won,"
        "b@x.example,Bea,Rome,Call,Puffin,12,EUR,Meet,2027-01-05,newer,yes,so,rosa.rep@fennmark.example,+44 20 7946 0959\n",
        columns, by=mara, match="external_id",
    )  # fmt: skip
    lead = stored("b@x.example")
    assert (counts(second)[1], lead.owner, lead.stage.slug) == (1, rosa, "won")

    assert preview(second).restored == 1
    assert taken_back(take_back(second, by=mara)) == (0, 1, 0)
    assert preview(first) == reverting.Preview(restored=1)
    assert taken_back(take_back(first, by=mara)) == (0, 1, 0)

    lead = Lead.objects.for_page().get(external_id="X1")
    assert (lead.email, watched(lead), passages(lead), kept()) == ("ada@x.example", before, stages, [])


@in_turn
def test_a_lead_that_was_moved_since_stays_where_it_is(mara: Person, sami: Person) -> None:
    full()
    import_ = bring("email,stage,city\nada@x.example,engaged,Paris\n", by=mara)
    records.move(stored("ada@x.example"), Stage.objects.get(slug="mql"), by=sami, at=timezone.now())

    done = take_back(import_)

    lead = stored("ada@x.example")
    assert (taken_back(done), lead.stage.slug, lead.city, len(passages(lead))) == ((0, 1, 1), "mql", "London", 3)
    assert kept()[0][1] == "Stage"


@pytest.mark.parametrize("number", [1, 20])
def test_a_step_costs_the_same_for_any_number_of_leads_whatever_it_changed_of_them(
    mara: Person, sami: Person, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    person("Rosa Rep")
    columns = COLUMNS | {"id": "external_id", "stage": "stage"}
    old = "x{n}@x.example,Ada,Old {n},Web,Kestrel {n},{n}.50,EUR,Call,2026-12-24,one,yes,one,sami.rep@fennmark.example,"
    new = "y{n}@x.example,Bea,New {n},Fair,Osprey {n},9{n},USD,Write,2026-12-27,two,no,two,rosa.rep@fennmark.example,"

    def file(row: str, stage: str) -> str:
        told = (f"{row.format(n=n)}+44 20 7946 {len(stage)}{n:03},X{n},{stage}" for n in range(number))
        return "\n".join([",".join([*columns]), *told, ""])

    bring(file(old, "new"), columns, by=mara, match="external_id")
    first = Lead.objects.for_page().get(external_id="X0")
    before, at = watched(first), first.next_step_at
    import_ = bring(file(new, "proposal"), columns, by=mara, match="external_id")
    assert counts(import_) == (0, number, 0, 0)
    assert Lead.objects.filter(email="y0@x.example", stage__slug="proposal").exists()
    job = actions.start_revert(import_, by=mara, at=timezone.now()).revert_job
    assert job is not None
    stepping = reverting.steps(job)
    next(stepping)

    # The batch, its leads locked, those that it made, imports taken back, their past, merges, steps let go; moves undone, the
    # leads again; what the values mean (own fields, rates, people, names and numbers of records, companies, addresses, tags);
    # leads, deals, tags and steps, each as a set; the journal, and whom webhooks tell of its three verbs; savepoints; what
    # stayed, the counts.
    with django_assert_num_queries(46):
        next(stepping)

    again = Lead.objects.for_page().get(external_id="X0")
    assert (again.email, again.stage.slug, again.next_step_at) == ("x0@x.example", "new", at)
    assert watched(again) == before
    assert Import.objects.get(pk=import_.pk).restored_count == number
