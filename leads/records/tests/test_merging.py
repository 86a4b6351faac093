"""Two leads that are one: Sami merges them, and parts them again when it was a mistake."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.utils import timezone

from leads.records import actions
from leads.records.actions import binning, merging
from leads.records.actions.merging import MergedMeanwhile
from leads.records.actions.merging_fields import FACTS
from leads.records.models import CustomField, Deal, Lead, Merge, StagePassage
from leads.records.tests.factories import NOON, closed_lead, lead, person, stage
from workspace import subjects
from workspace.commitments.models import Commitment
from workspace.journal.models import JournalEntry
from workspace.notices import actions as notices
from workspace.notices.models import Follow, Notice
from workspace.people.models import Person
from workspace.people.roles import Role

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
LATER = NOON + HOUR
# What a merge and its undoing count or compute anew.
COUNTED = {"version"}


@pytest.fixture
def sami() -> Person:
    return person("Sami Rep")


@pytest.fixture
def anke() -> Lead:
    return lead("anke@ostertal.example", first_name="Anke", last_name="Vollmer", city="Bremen")


@pytest.fixture
def twin() -> Lead:
    return lead(
        "a.vollmer@ostertal.example", first_name="A.", last_name="Vollmer", phone="+49 421 5550 12", job_title="Buyer",
        created_at=NOON - 30 * DAY,
    )  # fmt: skip


def stored(one: Lead) -> dict[str, Any]:
    row: dict[str, Any] = dict(Lead.objects.values().get(pk=one.pk))
    return {key: value for key, value in row.items() if key not in COUNTED}


def whole(one: Lead) -> dict[str, Any]:
    """All that makes the lead: its row, deals with passages, tags, and what names it."""
    deals = Deal.objects.filter(lead=one).order_by("pk").values()
    return {
        "row": stored(one),
        "deals": list(deals),
        "passages": list(StagePassage.objects.filter(deal__lead=one).order_by("pk").values()),
        "tags": sorted(one.tags.values_list("name", flat=True)),
        "follows": sorted(
            Follow.objects.filter(subject_kind="lead", subject_id=one.pk).values_list("person", "is_muted")
        ),
        "notices": sorted(Notice.objects.filter(subject_kind="lead", subject_id=one.pk).values_list("pk", flat=True)),
        "steps": list(Commitment.objects.open().about("lead", one.pk).values_list("text", "due_at", "debtor")),
    }


def now(one: Lead) -> Lead:
    return Lead.objects.for_page().get(pk=one.pk)


def test_the_survivor_keeps_its_own_and_takes_what_it_has_not(sami: Person, anke: Lead, twin: Lead) -> None:
    merging.merge(anke, twin, by=sami, at=LATER)

    one = now(anke)
    assert (one.first_name, one.email, one.city) == ("Anke", "anke@ostertal.example", "Bremen")
    assert (one.phone, one.phone_key, one.job_title) == ("+49 421 5550 12", "+49421555012", "Buyer")
    assert one.created_at == NOON - 30 * DAY, "known since the earlier day"
    gone = Lead.objects.get(pk=twin.pk)
    assert (gone.merged_into_id, gone.deleted_at) == (anke.pk, LATER)
    assert subjects.aliases("lead", anke.pk) == [anke.pk, twin.pk]


def test_each_fact_is_the_one_that_was_chosen(sami: Person, anke: Lead, twin: Lead) -> None:
    CustomField.objects.create(key="tier", label="Tier")
    actions.change(anke, {"custom": {"tier": "gold"}}, by=sami, at=NOON)
    actions.change(twin, {"custom": {"tier": "tin"}}, by=sami, at=NOON)

    merging.merge(
        anke, twin, by=sami, at=LATER, choices={"email": "other", "phone": "survivor", "custom.tier": "other"}
    )

    one = now(anke)
    assert (one.email, one.phone, one.phone_key) == ("a.vollmer@ostertal.example", "", "")
    assert one.custom == {"tier": "tin"}
    told = JournalEntry.objects.get(verb="lead.merged")
    assert (told.thread_id, told.actor, told.facts["merged"]) == (anke.pk, sami, twin.pk)
    assert {change["field"] for change in told.personal["changes"]} == {"email", "job_title", "custom.tier"}
    assert "Vollmer" in told.personal["name"]


def test_tags_are_those_of_both_and_a_refusal_of_consent_is_never_lost(sami: Person, anke: Lead, twin: Lead) -> None:
    actions.change(anke, {"tags": ["Hot", "Fair"], "consent": {"mail": True}}, by=sami, at=NOON)
    actions.change(twin, {"tags": ["Hot", "VIP"], "consent": {"mail": False, "phone": True}}, by=sami, at=LATER)

    merging.merge(anke, twin, by=sami, at=LATER)

    assert sorted(str(tag) for tag in anke.tags.all()) == ["Fair", "Hot", "VIP"]
    assert now(anke).consent == {"mail": False, "phone": True}
    assert now(anke).consent_at == LATER


def test_both_timelines_are_one_and_part_again(sami: Person, anke: Lead, twin: Lead) -> None:
    actions.log_talk(twin, actions.Talk.NOTE, text="Knows us from the fair.", by=sami, at=NOON)

    made = merging.merge(anke, twin, by=sami, at=LATER)

    verbs = [entry.verb for entry in JournalEntry.objects.on_thread("lead", anke.pk)]
    assert sorted(verbs) == ["lead.created", "lead.created", "lead.merged", "lead.noted"]
    merging.undo(made, by=sami, at=LATER + DAY)
    assert "lead.noted" not in [entry.verb for entry in JournalEntry.objects.on_thread("lead", anke.pk)]
    assert [entry.verb for entry in JournalEntry.objects.on_thread("lead", twin.pk)][:2] == [
        "lead.unmerged",
        "lead.noted",
    ]


def test_what_people_were_told_follow_and_owe_goes_along(sami: Person, anke: Lead, twin: Lead) -> None:
    tove, mika = person("Tove Rep"), person("Mika Rep")
    for who, which in ((tove, twin), (mika, twin), (mika, anke)):
        notices.follow(which, by=who, at=NOON)
    actions.log_talk(twin, actions.Talk.NOTE, text="News.", by=sami, at=timezone.now())
    told = Notice.objects.get(person=tove)
    actions.set_next_step(twin, "Call back", due_at=NOON + 3 * DAY, by=sami, at=NOON)

    merging.merge(anke, twin, by=sami, at=LATER)

    told.refresh_from_db()
    assert (told.subject_id, now(anke).next_step) == (anke.pk, "Call back")
    follows = Follow.objects.filter(subject_id=anke.pk).values_list("person", flat=True)
    assert sorted(follows) == sorted([tove.pk, mika.pk])
    assert [(one.subject_id, one.text) for one in Commitment.objects.open()] == [(anke.pk, "Call back")]


def test_of_two_open_deals_one_goes_on_and_the_other_ends_neither_won_nor_lost(
    sami: Person, anke: Lead, twin: Lead
) -> None:
    actions.change(twin, {"value": "500"}, by=sami, at=NOON)
    actions.move(twin, stage("sql"), by=sami, at=NOON)

    merging.merge(anke, twin, by=sami, at=LATER, choices={"deal": "other"})

    one = now(anke)
    assert (one.stage.slug, one.value, one.stage_entered_at, one.is_open) == ("sql", Decimal(500), NOON, True)
    deals = list(anke.deals.order_by("number"))
    assert [(deal.number, deal.is_current, deal.outcome) for deal in deals] == [(1, False, "merged"), (2, True, "")]
    assert not StagePassage.objects.filter(deal=deals[0], left_at=None).exists()
    assert actions.move(one, stage("won"), by=sami, at=LATER).closed_at == LATER
    assert actions.open_next_deal(one, by=sami, at=LATER + HOUR).number == 3


def test_a_deal_that_has_ended_gives_way_to_an_open_one_and_stays_won(sami: Person, anke: Lead) -> None:
    won = closed_lead("won", first_name="Old", last_name="Customer")

    merging.merge(won, anke, by=sami, at=NOON + 2 * DAY)

    assert (now(won).stage.slug, now(won).furthest_stage.slug) == ("new", "won")
    outcomes = won.deals.order_by("number").values_list("outcome", "is_current")
    assert list(outcomes) == [("won", False), ("", True)]


def test_a_lead_whose_deal_has_ended_takes_over_no_next_step(sami: Person, twin: Lead) -> None:
    won = closed_lead("won", first_name="Old", last_name="Customer")
    actions.set_next_step(twin, "Call back", due_at=NOON + 3 * DAY, by=sami, at=NOON)
    before = whole(won)

    made = merging.merge(won, twin, by=sami, at=NOON + 2 * DAY, choices={"deal": "survivor"})

    assert (now(won).next_step, now(won).next_step_at) == ("", None)
    assert not Commitment.objects.open().exists()
    merging.undo(made, by=sami, at=NOON + 2 * DAY)
    assert whole(won) == before
    assert now(twin).next_step == "Call back"
    assert [(one.subject_id, one.text) for one in Commitment.objects.open()] == [(twin.pk, "Call back")]


def busy(sami: Person, one: Lead, tags: list[str]) -> None:
    """Give a lead something of everything."""
    actions.change(one, {"tags": tags, "consent": {"mail": True}, "owner": sami.pk, "value": 200}, by=sami, at=NOON)
    actions.move(one, stage("mql"), by=sami, at=NOON)
    actions.set_next_step(one, f"Call {one.pk}", due_at=NOON + DAY, by=sami, at=NOON)
    notices.follow(one, by=person(f"Follower {one.pk}"), at=NOON)
    actions.log_talk(one, actions.Talk.CALL, text="Hello", by=sami, at=NOON)


@pytest.mark.parametrize("choice", ["survivor", "other"])
def test_undoing_makes_both_what_they_were(sami: Person, anke: Lead, twin: Lead, choice: str) -> None:
    busy(sami, anke, ["Hot", "Fair"])
    busy(sami, twin, ["Hot", "VIP"])
    before = whole(anke), whole(twin)

    made = merging.merge(anke, twin, by=sami, at=LATER, choices=dict.fromkeys((*FACTS, "deal"), choice))
    assert whole(anke) != before[0]
    merging.undo(made, by=sami, at=LATER + DAY)

    after = whole(anke), whole(twin)
    assert after == before


def test_what_happened_since_stays_with_the_survivor(sami: Person, anke: Lead, twin: Lead) -> None:
    busy(sami, anke, ["Fair"])
    busy(sami, twin, ["VIP"])
    made = merging.merge(
        anke, twin, by=sami, at=LATER, choices={"email": "other", "job_title": "other", "deal": "other"}
    )
    since = LATER + HOUR
    actions.change(
        now(anke), {"job_title": "Head of buying", "city": "Kiel", "tags": ["Fair", "VIP", "New"]}, by=sami, at=since
    )
    actions.log_talk(anke, actions.Talk.NOTE, text="Since.", by=sami, at=since)
    actions.move(now(anke), stage("won"), by=sami, at=since)
    actions.open_next_deal(now(anke), by=sami, at=since)

    merging.undo(made, by=sami, at=LATER + DAY)

    one, other = now(anke), now(twin)
    assert (one.email, one.job_title, one.city) == ("anke@ostertal.example", "Head of buying", "Kiel")
    assert (other.email, other.job_title) == ("a.vollmer@ostertal.example", "Buyer")
    assert sorted(str(tag) for tag in one.tags.all()) == ["Fair", "New"]
    assert [str(tag) for tag in other.tags.all()] == ["VIP"]
    assert other.stage.slug == "won", "a deal goes back with the stage that it reached"
    assert (one.stage.slug, one.deals.get(is_current=True).number) == ("new", 3)
    assert one.deals.get(number=1).outcome == "merged", "a later deal was opened since, so this one does not go on"
    assert "lead.noted" in [entry.verb for entry in JournalEntry.objects.on_thread("lead", anke.pk)]


def test_a_lead_is_not_merged_with_itself_nor_a_real_one_into_one_of_the_demo(sami: Person, anke: Lead) -> None:
    shown = actions.create({"email": "demo@kestrel.example"}, by=None, at=NOON, is_demo=True)

    for survivor in (anke, shown):
        with pytest.raises(ValidationError) as refused:
            merging.merge(survivor, anke, by=sami, at=LATER)
        assert set(refused.value.message_dict) == {"with"}
    assert not Merge.objects.exists()


def test_into_one_that_was_merged_already_nothing_goes(sami: Person, anke: Lead, twin: Lead) -> None:
    third, binned = lead("third@ostertal.example"), lead("binned@ostertal.example")
    merging.merge(anke, twin, by=sami, at=LATER)
    binning.put_into_bin(binned, by=sami, at=LATER)

    for survivor, other in ((twin, third), (third, twin)):
        with pytest.raises(MergedMeanwhile) as refused:
            merging.merge(survivor, other, by=sami, at=LATER)
        assert refused.value.lead == anke
    with pytest.raises(MergedMeanwhile) as refused:
        merging.merge(anke, binned, by=sami, at=LATER)
    assert refused.value.lead is None
    assert Lead.objects.living().count() == 2


def test_old_ids_of_old_ids_lead_to_the_last_survivor(sami: Person, anke: Lead, twin: Lead) -> None:
    last = lead("last@ostertal.example")
    first = merging.merge(anke, twin, by=sami, at=LATER)
    second = merging.merge(last, anke, by=sami, at=LATER + HOUR)

    assert sorted(subjects.aliases("lead", last.pk)) == sorted([last.pk, anke.pk, twin.pk])
    with pytest.raises(ValidationError, match="merged into another lead since"):
        merging.undo(first, by=sami, at=LATER + DAY)
    merging.undo(second, by=sami, at=LATER + DAY)
    assert Lead.objects.survivor_of(twin.pk) == anke.pk
    merging.undo(first, by=sami, at=LATER + DAY)
    assert Lead.objects.living().count() == 3


def test_a_later_merge_is_undone_before_an_earlier_one(sami: Person, anke: Lead, twin: Lead) -> None:
    third = lead("third@ostertal.example", first_name="Third", last_name="One")
    first = merging.merge(anke, twin, by=sami, at=LATER)
    second = merging.merge(anke, third, by=sami, at=LATER)

    with pytest.raises(ValidationError, match="Third One was merged into it since"):
        merging.undo(first, by=sami, at=LATER + DAY)
    merging.undo(second, by=sami, at=LATER + DAY)
    merging.undo(first, by=sami, at=LATER + DAY)
    with pytest.raises(ValidationError, match="undone already"):
        merging.undo(first, by=sami, at=LATER + DAY)


@pytest.mark.parametrize(("days", "is_undone"), [(30, True), (31, False)])
def test_a_merge_is_undone_for_thirty_days(sami: Person, anke: Lead, twin: Lead, days: int, is_undone: bool) -> None:
    made = merging.merge(anke, twin, by=sami, at=LATER)

    if not is_undone:
        with pytest.raises(ValidationError, match="30 days"):
            merging.undo(made, by=sami, at=LATER + days * DAY)
    else:
        merging.undo(made, by=sami, at=LATER + days * DAY)
    assert (Lead.objects.living().count() == 2) is is_undone


def test_nothing_is_undone_while_somebody_else_has_the_address(sami: Person, anke: Lead, twin: Lead) -> None:
    made = merging.merge(anke, twin, by=sami, at=LATER)
    lead(twin.email, first_name="New", last_name="One")
    before = whole(anke)

    with pytest.raises(ValidationError) as refused:
        merging.undo(made, by=sami, at=LATER + DAY)

    assert refused.value.message_dict == {"email": ["New One has this e-mail address already."]}
    assert (whole(anke), Lead.objects.survivor_of(twin.pk)) == (before, anke.pk)


def test_who_may_not_remove_leads_merges_none(sami: Person, anke: Lead, twin: Lead) -> None:
    rita = person("Rita Reader", Role.READ_ONLY)

    with pytest.raises(PermissionDenied):
        merging.merge(anke, twin, by=rita, at=LATER)
    made = merging.merge(anke, twin, by=sami, at=LATER)
    with pytest.raises(PermissionDenied):
        merging.undo(made, by=rita, at=LATER)


def test_an_unknown_choice_is_refused_at_its_key(sami: Person, anke: Lead, twin: Lead) -> None:
    with pytest.raises(ValidationError) as refused:
        merging.merge(anke, twin, by=sami, at=LATER, choices={"stage": "other", "email": "mine", "custom.no": "other"})

    assert set(refused.value.message_dict) == {"stage", "email", "custom.no"}


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What became of acts that began at the same moment: what they returned, or their errors."""
    start = Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        try:
            start.wait()
            return act()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [job.result() for job in [pool.submit(run, act) for act in acts]]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_merge_two_leads_into_each_other_at_once_one_wins() -> None:
    one, two = lead("one@ostertal.example"), lead("two@ostertal.example")

    results = at_once(
        lambda: merging.merge(one, two, by=None, at=LATER), lambda: merging.merge(two, one, by=None, at=LATER)
    )

    won = [result for result in results if isinstance(result, Merge)]
    lost = [result for result in results if isinstance(result, MergedMeanwhile)]
    assert (len(won), len(lost), Lead.objects.living().count()) == (1, 1, 1)
    assert lost[0].lead == Lead.objects.living().get()


@pytest.mark.django_db(transaction=True)
def test_a_merge_is_undone_once_though_two_do_it_at_once() -> None:
    one, two = lead("one@ostertal.example"), lead("two@ostertal.example")
    made = merging.merge(one, two, by=None, at=LATER)

    results = at_once(*[lambda: merging.undo(made, by=None, at=LATER)] * 2)

    assert sorted(type(result).__name__ for result in results) == ["Merge", "ValidationError"]
    assert JournalEntry.objects.filter(verb="lead.unmerged").count() == 2
