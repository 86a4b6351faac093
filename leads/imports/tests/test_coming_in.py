"""What a file does to leads: makes, changes, leaves and refuses them, by the file's own dates and words."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from leads.funnel.models import Source, Tag
from leads.imports import actions
from leads.imports.models import ImportedLead
from leads.imports.tests.bringing import agreed, bring, counts, only_lead, refused
from leads.records import actions as records
from leads.records.models import Company, Deal, Lead, StagePassage
from leads.records.tests.factories import NOON, lead, person, stage
from workspace.commitments.models import Commitment
from workspace.jobs import actions as jobs
from workspace.journal.models import JournalEntry
from workspace.money.models import ExchangeRate
from workspace.people.models import Person
from workspace.people.roles import Role

pytestmark = pytest.mark.django_db

PEOPLE = (
    "email,first_name,last_name,company,country,tags,note\n"
    "ada@x.example,Ada,Lovelace,Engines,UK,fair;math,first\n"
    "bo@x.example,Bo,Ek,Engines,SE,,second\n"
)
BY_ID = {"id": "external_id", "stage": "stage", "from": "created_at", "until": "closed_at", "why": "lost_reason"}


def verbs(of: Lead) -> list[str]:
    return list(JournalEntry.objects.on_thread("lead", of.pk).order_by("at", "pk").values_list("verb", flat=True))


def test_a_file_makes_leads_with_their_deal_passage_company_tags_and_journal_entry() -> None:
    mara = person("Mara Lindholm")

    done = bring(PEOPLE, by=mara)

    ada = only_lead(email="ada@x.example")
    assert counts(done) == (2, 0, 0, 0)
    assert (ada.company_name, ada.country, ada.custom, ada.created_by) == ("Engines", "UK", {"note": "first"}, mara)
    assert sorted(tag.name for tag in ada.tags.all()) == ["fair", "math"]
    assert Company.objects.get().leads.count() == 2
    deal = Deal.objects.get(lead=ada)
    assert (deal.number, deal.is_current, deal.stage, deal.outcome) == (1, True, stage("new"), "")
    assert StagePassage.objects.get(deal=deal).left_at is None
    entry = JournalEntry.objects.on_thread("lead", ada.pk).get()
    assert (entry.verb, entry.way, entry.actor) == ("lead.imported", "import", mara)
    assert entry.line == "brought this lead in from leads.csv, line 2"
    assert list(ImportedLead.objects.order_by("line").values_list("line", "lead__email", "act")) == [
        (2, "ada@x.example", "created"),
        (3, "bo@x.example", "created"),
    ]


def test_the_same_file_twice_doubles_and_changes_nothing() -> None:
    bring(PEOPLE)
    before = list(Lead.objects.order_by("pk").values_list("pk", "version"))
    written = JournalEntry.objects.exclude(subject_kind="import").count()

    done = bring(PEOPLE)

    assert counts(done) == (0, 0, 2, 0)
    assert list(Lead.objects.order_by("pk").values_list("pk", "version")) == before
    assert JournalEntry.objects.exclude(subject_kind="import").count() == written
    assert (Tag.objects.count(), Company.objects.count()) == (2, 1)


def test_leads_without_the_match_key_are_recognised_by_what_else_they_have() -> None:
    content = (
        "email,external_id,first_name,last_name,company,phone\n"
        "a@x.example,A1,Ada,L,Engines,\n"
        ",B1,Bo,E,Engines,\n"
        ",,Cy,F,ENGINES,\n"
        ",,,,,+49 30 1234567\n"
    )
    bring(content, match="email")

    done = bring(content.replace("ENGINES", "engines"), match="email")

    assert counts(done) == (0, 0, 4, 0)
    assert Lead.objects.count() == 4


def test_a_lead_is_nothing_without_a_key_or_a_name_with_a_company() -> None:
    done = bring("email,first_name,company\n,Ada,\n,,Engines\nx@x.example,,\n")

    assert counts(done) == (1, 0, 0, 2)
    assert "A lead needs an e-mail address" in refused(done)[0]


def test_a_known_lead_is_changed_where_the_file_says_something_else_and_keeps_the_rest() -> None:
    known = lead("ada@x.example", first_name="Ada", city="London", tags=["old"])

    done = bring(
        "email,first_name,last_name,city,tags,owner\nADA@x.example,Ada,Byron,,new,\n",
        {"email": "email", "first_name": "first_name", "last_name": "last_name", "city": "city", "tags": "tags"},
    )

    stored = only_lead(pk=known.pk)
    assert counts(done) == (0, 1, 0, 0)
    assert (stored.last_name, stored.city) == ("Byron", "London")
    assert sorted(tag.name for tag in stored.tags.all()) == ["new", "old"]
    entry = JournalEntry.objects.on_thread("lead", known.pk).get(verb="lead.edited")
    assert [(c["field"], c["old"], c["new"]) for c in entry.personal["changes"]] == [
        ("last_name", "", "Byron"),
        ("tags", ["old"], ["new", "old"]),
    ]
    assert entry.facts["row"] == 2


def test_giving_a_lead_into_other_hands_is_told_apart() -> None:
    sami, mara = person("Sami Rep"), person("Mara Rep")
    known = lead("ada@x.example", owner=sami)

    bring(f"email,owner\nada@x.example,{mara.email.upper()}\n", {"email": "email", "owner": "owner"})

    entry = JournalEntry.objects.on_thread("lead", known.pk).get(verb="lead.assigned")
    assert entry.personal["changes"][0] | {"label": ""} == {
        "field": "owner", "label": "", "old": "Sami Rep", "new": mara.email.upper(),
        "old_id": sami.pk, "new_id": mara.pk,
    }  # fmt: skip
    assert only_lead(pk=known.pk).owner == mara


@pytest.mark.parametrize(
    ("mode", "expected", "city"),
    [("create", (1, 0, 1, 0), "Old"), ("update", (0, 1, 0, 1), "New"), ("both", (1, 1, 0, 0), "New")],
)
def test_the_mode_says_whether_known_leads_change_and_new_ones_are_made(
    mode: str, expected: tuple[int, ...], city: str
) -> None:
    lead("known@x.example", city="Old")

    done = bring("email,city\nknown@x.example,New\nother@x.example,New\n", mode=mode)

    assert counts(done) == expected
    assert only_lead(email="known@x.example").city == city


def test_a_lead_that_stands_twice_in_a_file_is_made_by_the_first_row_and_changed_by_the_second() -> None:
    done = bring(
        "email,city,stage\na@x.example,Ulm,New\nb@x.example,Bonn,New\nA@x.example,Köln,Won\na@x.example,Köln,Won\n"
    )

    stored = only_lead(email="a@x.example")
    assert counts(done) == (2, 1, 1, 0)
    assert (stored.city, stored.stage.slug) == ("Köln", "won")
    assert sorted(verbs(stored)) == ["lead.edited", "lead.imported", "lead.moved"]
    assert StagePassage.objects.filter(deal__lead=stored, left_at=None).get().stage == stage("won")


def test_an_address_or_id_of_another_lead_is_refused_with_who_has_it() -> None:
    ada = lead("ada@x.example", first_name="Ada", external_id="A1")
    lead("bo@x.example", external_id="B1")

    done = bring("id,mail\nB1,ada@x.example\nC1,ada@x.example\nD1,d@x.example\nE1,d@x.example\n",
                 {"id": "external_id", "mail": "email"}, match="external_id")  # fmt: skip

    assert counts(done) == (1, 0, 0, 3)
    assert f"Ada (lead {ada.pk}) has this e-mail address already." in refused(done)[1]
    assert "d@x.example of line 4 has this e-mail address already." in refused(done)[2]


def test_an_unknown_stage_or_person_is_refused_at_its_field_and_leaves_nothing_behind() -> None:
    done = bring(
        "email,stage,owner,source\na@x.example,Nirvana,,Fair\nb@x.example,New,nobody@x.example,Fair\nc@x.example,new,,Web\n",
        {"email": "email", "stage": "stage", "owner": "owner", "source": "source"},
    )

    assert counts(done) == (1, 0, 0, 2)
    assert "Stage: No stage is called “Nirvana”." in refused(done)[0]
    assert "Owner: No owner is called “nobody@x.example”." in refused(done)[1]
    assert [source.name for source in Source.objects.filter(leads__isnull=False)] == ["Web"]
    assert not Source.objects.filter(name="Fair").exists()


def test_texts_of_a_column_mean_what_the_mapping_says() -> None:
    sami = person("Sami Rep")

    done = bring(
        "id,converted,agent,note\n1,1,S. Rep,Select\n2,0,Gone,hm\n",
        {"id": "external_id", "converted": "stage", "agent": "owner", "note": "job_title"},
        match="external_id",
        values={"converted": {"1": "won", "0": "new"}, "agent": {"S. Rep": sami.email, "Gone": ""}},
        empty=["Select"],
    )

    one, two = only_lead(external_id="1"), only_lead(external_id="2")
    assert counts(done) == (2, 0, 0, 0)
    assert (one.stage.slug, one.owner, one.job_title) == ("won", sami, "")
    assert (two.stage.slug, two.owner, two.job_title) == ("new", None, "hm")


def test_a_file_closes_an_open_lead_and_the_journal_tells_when() -> None:
    known = lead(
        "a@x.example", external_id="1", next_step="Call", next_step_at=NOON, created_at=NOON - timedelta(days=30)
    )
    ended = NOON - timedelta(days=3)

    done = bring(f"id,stage,from,until,why\n1,Lost,,{ended:%Y-%m-%d %H:%M},Price\n", BY_ID, match="external_id")

    stored = only_lead(pk=known.pk)
    assert counts(done) == (0, 1, 0, 0)
    assert (stored.stage.slug, stored.closed_at, stored.next_step) == ("lost", ended, "")
    deal = Deal.objects.get(lead=known)
    assert (deal.stage.slug, deal.outcome, deal.reason.name if deal.reason else "") == ("lost", "lost", "Price")
    passages = StagePassage.objects.filter(deal=deal).order_by("entered_at")
    assert [(p.stage.slug, p.left_at) for p in passages] == [("new", ended), ("lost", None)]
    assert JournalEntry.objects.get(thread_id=known.pk, verb="lead.moved").at == ended


def test_values_are_read_with_their_decimal_comma_and_converted_at_their_dated_rate() -> None:
    ExchangeRate.objects.create(currency="USD", valid_from=date(2016, 1, 1), rate=Decimal("0.90"))
    ExchangeRate.objects.create(currency="USD", valid_from=date(2020, 1, 1), rate=Decimal("0.80"))

    bring(
        "id;value;from\n1;$1.234,50;2017-05-05\n2;;2017-05-05\n3;10,00 USD;2021-01-01\n",
        {"id": "external_id", "value": "value", "from": "created_at"},
        match="external_id",
        decimal_comma=True,
        for_all={"currency": "USD"},
    )

    values = {one.external_id: (one.value, one.currency, one.value_base) for one in Lead.objects.all()}
    assert values == {
        "1": (Decimal("1234.50"), "USD", Decimal("1111.05")),
        "2": (None, "", None),
        "3": (Decimal("10.00"), "USD", Decimal("8.00")),
    }
    assert Deal.objects.get(lead__external_id="1").value_base == Decimal("1111.05")


def test_new_open_leads_are_to_be_sorted_by_somebody_until_a_day() -> None:
    mara = person("Mara Lindholm", Role.MARKETER)
    known = lead("known@x.example", external_id="9")
    until = NOON.date() + timedelta(days=14)

    bring(
        "id,stage,from,until,why\n1,New,,,\n2,Won,,,\n9,New,,,\n",
        BY_ID,
        match="external_id",
        sort_by=mara,
        sort_until=until,
    )

    assert [only_lead(external_id=key).to_sort_by for key in "12"] == [mara, None]
    assert only_lead(external_id="1").to_sort_until == until
    assert only_lead(pk=known.pk).to_sort_by is None


def test_what_is_said_for_all_rows_is_for_new_leads_whose_row_says_nothing() -> None:
    sami = person("Sami Rep")
    lead("known@x.example")

    bring(
        "email,source\na@x.example,\nb@x.example,Web\nknown@x.example,\n",
        for_all={"source": "Fair", "owner": sami.email, "stage": "engaged", "tags": "2026, fair"},
    )

    a, b, known = (only_lead(email=f"{name}@x.example") for name in ("a", "b", "known"))
    assert [str(one.source) for one in (a, b, known)] == ["Fair", "Web", "None"]
    assert (a.owner, a.stage.slug, known.owner, known.stage.slug) == (sami, "engaged", None, "new")
    assert sorted(tag.name for tag in b.tags.all()) == ["2026", "fair"]


def test_a_company_is_found_by_its_domain_or_its_exact_name_without_case_and_accents() -> None:
    grun = records.create_company({"name": "Grün & Söhne"}, by=None, at=NOON)
    acme = records.create_company({"name": "Acme", "domain": "acme.example"}, by=None, at=NOON)

    bring(
        "email,company,company_domain\na@x.example,GRUN & SOHNE,\nb@x.example,Acme Corp,https://www.acme.example/en\n"
        "c@x.example,Grün & Söhne,grun.example\nd@x.example,,new.example\n"
    )

    assert only_lead(email="a@x.example").company == grun
    assert only_lead(email="b@x.example").company == acme
    grun.refresh_from_db()
    assert (grun.domain, only_lead(email="d@x.example").company_name) == ("grun.example", "new.example")
    assert Company.objects.count() == 3


def test_consent_is_told_by_way_and_joins_what_is_known() -> None:
    known = lead("a@x.example", consent={"phone": True})

    bring("email,mail ok\na@x.example,yes\nb@x.example,no\n", {"email": "email", "mail ok": "consent.mail"})

    assert only_lead(pk=known.pk).consent == {"phone": True, "mail": True}
    assert only_lead(email="b@x.example").consent == {"mail": False}
    assert only_lead(email="b@x.example").consent_at is not None


def test_the_reader_may_not_bring_a_file_and_a_colleague_may_not_go_on_with_mine() -> None:
    mara, sami, rita = person("Mara Rep"), person("Sami Rep"), person("Rita Reader", Role.READ_ONLY)
    import_ = agreed(PEOPLE, by=mara)

    with pytest.raises(PermissionDenied):
        agreed(PEOPLE, by=rita)
    with pytest.raises(PermissionDenied):
        actions.start_check(import_, by=sami, at=NOON)
    assert actions.start_check(import_, by=mara, at=NOON).state == "checking"


@pytest.mark.parametrize(
    ("columns", "match", "words"),
    [
        ({"email": "email", "first_name": "email"}, "email", "Two columns go into “E-mail”"),
        ({"first_name": "first_name"}, "email", "No column goes into “E-mail”"),
        ({"email": "nonsense"}, "email", "There is no field “nonsense”."),
    ],
)
def test_a_mapping_that_cannot_be_meant_is_refused(columns: dict[str, str], match: str, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        agreed(PEOPLE, columns, match=match)


def test_a_job_that_was_done_does_nothing_when_it_is_run_again() -> None:
    done = bring(PEOPLE)

    assert done.job is not None
    assert jobs.run(done.job.pk) is None
    assert Lead.objects.count() == 2


@pytest.mark.parametrize("name", ["İstanbul", "ΟΔΟΣ", "STRAẞE"])
def test_a_name_in_any_alphabet_is_the_same_name_the_second_time(name: str) -> None:
    file = f"email,tags,source\nada@x.example,{name},{name}\n"

    first, second = bring(file), bring(file)

    assert (counts(first), counts(second)) == ((1, 0, 0, 0), (0, 0, 1, 0))
    ada = only_lead(email="ada@x.example")
    assert ([tag.name for tag in ada.tags.all()], str(ada.source)) == ([name], name)


def test_people_personas_and_stages_are_named_or_given_by_id_and_a_company_by_its_domain() -> None:
    mara = person("Mara Lindholm")
    engines = records.create_company({"name": "Engines", "domain": "engines.example"}, by=None, at=NOON)

    done = bring(
        f"id,owner,stage,company,source\n1,{mara.pk},{stage('engaged').pk},Engines.example,7\n2,{mara.pk + 1000},,,\n",
        {"id": "external_id"} | {key: key for key in ("owner", "stage", "company", "source")},
        match="external_id",
    )

    assert counts(done) == (1, 0, 0, 1)
    made = only_lead(external_id="1")
    assert (made.owner, made.stage.slug, made.company) == (mara, "engaged", engines)
    assert str(made.source) == "7", "what a file makes by name is never taken for an id"
    assert f"No owner is called “{mara.pk + 1000}”." in refused(done)[0]


def test_what_a_file_adds_to_the_lists_of_the_workspace_is_told() -> None:
    mara = person("Mara Lindholm")

    bring("email,source,tags,shoe size\na@x.example,Fair,vip,44\nb@x.example,fair,VIP,45\n", by=mara)

    told = JournalEntry.objects.filter(verb="definition.added", actor=mara)
    assert sorted((e.facts["what"], e.facts["name"]) for e in told) == [
        ("custom field", "shoe size"),
        ("source", "Fair"),
        ("tag", "vip"),
    ]


def test_next_steps_of_a_file_are_owed_by_whoever_has_the_lead_until_the_file_says_otherwise() -> None:
    mara, olav = person("Mara Lindholm"), person("Olav Berg")
    columns = {"id": "external_id", "next_step": "next_step", "on": "next_step_at", "owner": "owner", "stage": "stage"}

    def owed() -> list[tuple[str, str, Person | None]]:
        steps = Commitment.objects.open().filter(kind="next_step").order_by("subject_id")
        keys = dict(Lead.objects.values_list("pk", "external_id"))
        return [(keys[step.subject_id or 0], step.text, step.debtor) for step in steps]

    head = "id,next_step,on,owner,stage\n"
    bring(
        f"{head}1,Call,2026-12-01,{mara.email},\n2,Visit,,,\n2,,2026-12-02,,\n3,,,{mara.email},\n",
        columns,
        match="external_id",
    )
    assert owed() == [("1", "Call", mara), ("2", "Visit", None)]

    bring(f"{head}1,,,{olav.email},\n2,,,,Won\n3,Write,2026-12-03,,\n", columns, match="external_id")
    assert owed() == [("1", "Call", olav), ("3", "Write", mara)]
