"""A new lead: what makes one, what tells it from others, and its first deal. Sami sells, Rita only reads."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from leads.funnel.models import Campaign, Interest, Reason, Source, Tag
from leads.records import actions
from leads.records.models import Company, CustomField, Deal, Lead
from leads.records.tests.factories import NOON, lead, person, stage
from workspace.journal.models import JournalEntry
from workspace.people.models import Person
from workspace.people.roles import Role

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def sami() -> Person:
    return person("Sami Rep")


def create(**values: Any) -> Lead:
    return actions.create(values, by=None, at=NOON)


def test_a_new_lead_stands_in_the_first_stage_with_its_first_deal(sami: Person) -> None:
    made = actions.create({"email": "Anke@Ostertal.example ", "value": "48000"}, by=sami, at=NOON)

    assert (made.email, made.stage.slug, made.furthest_stage.slug) == ("anke@ostertal.example", "new", "new")
    assert (made.created_at, made.stage_entered_at, made.created_by) == (NOON, NOON, sami)
    assert made.last_activity_at == NOON, "coming in is the first activity, so that new leads stand first in the list"
    deal = Deal.objects.get()
    assert (deal.lead, deal.number, deal.is_current, deal.outcome) == (made, 1, True, "")
    assert (deal.value, deal.currency, deal.value_base) == (Decimal(48_000), "EUR", Decimal(48_000))
    passage = deal.passages.get()
    assert (passage.stage.slug, passage.entered_at, passage.left_at, passage.by) == ("new", NOON, None, sami)
    entry = JournalEntry.objects.get()
    assert (entry.verb, entry.actor, str(entry.line)) == ("lead.created", sami, "made this lead, in New")


@pytest.mark.parametrize(
    "values",
    [
        {"email": "anke@ostertal.example"},
        {"external_id": "A-1"},
        {"phone": "+49 30 5550 0142"},
        {"last_name": "Vollmer", "company": "Ostertal"},
        {"first_name": "Anke", "company_domain": "ostertal.example"},
    ],
)
def test_one_way_to_tell_it_apart_is_enough(values: dict[str, str]) -> None:
    assert create(**values).pk


@pytest.mark.parametrize(
    "values", [{}, {"first_name": "Anke", "last_name": "Vollmer"}, {"company": "Ostertal"}, {"city": "Ostertal"}]
)
def test_without_any_there_is_no_lead(values: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="needs an e-mail"):
        create(**values)
    assert not Lead.objects.exists()


@pytest.mark.parametrize("key", ["email", "external_id"])
def test_an_address_belongs_to_one_living_lead(key: str) -> None:
    first = create(**{key: "anke@ostertal.example", "first_name": "Anke"})

    with pytest.raises(ValidationError) as refused:
        create(**{key: "anke@ostertal.example"})

    (error,) = refused.value.error_dict[key]
    assert (error.code, error.params) == ("taken", {"name": "Anke", "lead": first.pk})
    Lead.objects.filter(pk=first.pk).update(deleted_at=NOON)
    assert create(**{key: "anke@ostertal.example"}).pk


def test_it_may_begin_further_on_the_path_and_earlier_in_time() -> None:
    made = create(email="anke@ostertal.example", stage="SQL", created_at=NOON - 50 * HOUR)

    assert (made.stage.slug, made.furthest_stage.slug) == ("sql", "sql")
    assert made.created_at == made.stage_entered_at == NOON - 50 * HOUR
    assert JournalEntry.objects.get(verb="lead.created").at == NOON - 50 * HOUR


def test_it_is_not_made_in_the_future() -> None:
    assert create(email="anke@ostertal.example", created_at=NOON + HOUR).created_at == NOON


def test_a_closed_lead_comes_in_by_the_first_stage_with_its_own_dates(sami: Person) -> None:
    began, ended = NOON - 50 * HOUR, NOON - 10 * HOUR
    made = actions.create(
        {"email": "anke@ostertal.example", "stage": "won", "created_at": began, "closed_at": ended, "value": "9"},
        by=sami,
        at=NOON,
    )

    made.refresh_from_db()
    assert (made.stage.slug, made.furthest_stage.slug, made.lost_reason) == ("won", "won", None)
    assert (made.created_at, made.closed_at, made.stage_entered_at) == (began, ended, ended)
    deal = Deal.objects.get()
    assert (deal.opened_at, deal.closed_at, deal.outcome, deal.value) == (began, ended, "won", Decimal(9))
    stays = deal.passages.values_list("stage__slug", "entered_at", "left_at", "by")
    assert list(stays) == [("new", began, ended, sami.pk), ("won", ended, None, sami.pk)]
    entries = [(entry.verb, entry.at, str(entry.line)) for entry in JournalEntry.objects.order_by("pk")]
    assert entries == [
        ("lead.created", began, "made this lead, in New"),
        ("lead.moved", ended, "moved it from New to Won"),
    ]
    assert JournalEntry.objects.get(verb="lead.moved").facts["seconds"] == 40 * 3_600


def test_it_ends_now_unless_told_and_began_then_unless_told() -> None:
    now = create(email="a@ostertal.example", stage="won", created_at=NOON - HOUR)
    at_once = create(email="b@ostertal.example", stage="won")
    once = create(email="c@ostertal.example", stage="won", closed_at=NOON - 9 * HOUR)

    assert (now.created_at, now.closed_at) == (NOON - HOUR, NOON)
    assert (at_once.created_at, at_once.closed_at) == (NOON, NOON)
    assert (once.created_at, once.closed_at) == (NOON - 9 * HOUR, NOON - 9 * HOUR)


@pytest.mark.parametrize(
    ("given", "name", "text"),
    [("price", "Price", ""), ("Other: They sold: the plant.", "Other", "They sold: the plant.")],
)
def test_a_lost_one_brings_its_reason_or_words_of_its_own(given: str, name: str, text: str) -> None:
    made = create(email="anke@ostertal.example", stage="lost", lost_reason=given)

    assert (made.stage.slug, str(made.lost_reason), made.furthest_stage.slug) == ("lost", name, "new")
    deal = Deal.objects.get()
    assert (str(deal.reason), deal.reason_text) == (name, text)


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"stage": "lost"}, "lost_reason", "Say why, from the list."),
        ({"stage": "lost", "lost_reason": "Too dear"}, "lost_reason", "There are: Price, Competitor, Timing"),
        ({"stage": "lost", "lost_reason": "Too dear"}, "lost_reason", "For your own words write “Other: …”."),
        ({"stage": "lost", "lost_reason": "No need"}, "lost_reason", "No reason for “Lost” is called “No need”."),
        ({"stage": "lost", "lost_reason": "Price: high"}, "lost_reason", "is called “Price: high”."),
        ({"stage": "disqualified", "lost_reason": "Other"}, "lost_reason", "“Other” asks for a few words: “Other: …”."),
        ({"stage": "won", "closed_at": NOON + HOUR}, "closed_at", "still to come"),
        ({"stage": "won", "closed_at": NOON - 2 * HOUR, "created_at": NOON}, "closed_at", "closed before"),
        ({"stage": "sal", "closed_at": NOON}, "closed_at", "its stage “SAL” is an open one"),
        ({"closed_at": NOON}, "closed_at", "its stage “New” is an open one"),
        ({"stage": "won", "next_step": "Call", "next_step_at": NOON}, "next_step", "This deal is closed"),
    ],
)
def test_an_end_that_does_not_fit_is_refused_at_its_field(values: dict[str, Any], field: str, words: str) -> None:
    with pytest.raises(ValidationError) as refused:
        create(email="anke@ostertal.example", **values)

    assert list(refused.value.message_dict) == [field]
    assert words in refused.value.message_dict[field][0]
    assert not Lead.objects.exists()


def test_a_reason_may_be_given_by_its_id_if_it_is_of_the_list() -> None:
    price = Reason.objects.get(kind="lost", name="Price")
    need = Reason.objects.get(kind="disqualified", name="No need")

    assert create(email="anke@ostertal.example", stage="lost", lost_reason=price.pk).lost_reason == price
    with pytest.raises(ValidationError) as refused:
        create(email="b@ostertal.example", stage="lost", lost_reason=need.pk)
    assert list(refused.value.message_dict) == ["lost_reason"]


def test_what_is_named_and_unknown_is_made_once(sami: Person) -> None:
    for number in range(2):
        create(
            external_id=f"A-{number}",
            company="Ostertal",
            source="Podcast",
            campaign="Autumn",
            tags=["brewery", "pilot"],
            interests="Pumps; Gears",
        )

    assert (Company.objects.count(), Source.objects.count(), Campaign.objects.count()) == (1, 1, 1)
    assert sorted(Tag.objects.values_list("name", flat=True)) == ["brewery", "pilot"]
    assert sorted(Interest.objects.values_list("name", flat=True)) == ["Gears", "Pumps"]


@pytest.mark.parametrize("key", ["stage", "owner", "persona"])
def test_an_unknown_stage_person_or_persona_is_refused_at_its_field(key: str) -> None:
    with pytest.raises(ValidationError) as refused:
        create(email="anke@ostertal.example", **{key: "Nobody"})

    assert list(refused.value.message_dict) == [key]


def test_all_that_does_not_fit_is_said_at_once() -> None:
    with pytest.raises(ValidationError) as refused:
        create(email="no address", phone="12", value="-1", crm_url="javascript:alert(1)", color="red")

    assert sorted(refused.value.message_dict) == ["color", "crm_url", "email", "phone", "value"]


def test_a_domain_finds_the_company_whatever_it_is_called() -> None:
    known = Company.objects.create(name="Brauhaus Ostertal", domain="ostertal.example")

    made = create(email="anke@ostertal.example", company_domain="https://www.ostertal.example/")

    assert (made.company, made.company_name) == (known, "Brauhaus Ostertal")


def test_a_domain_completes_the_company_that_is_named() -> None:
    create(email="anke@ostertal.example", company="Brauhaus Ostertal", company_domain="ostertal.example")

    assert Company.objects.get().domain == "ostertal.example"


def test_a_value_in_another_currency_has_no_worth_without_a_rate() -> None:
    made = create(email="anke@ostertal.example", value="100", currency="chf")

    assert (made.value, made.currency, made.value_base) == (Decimal(100), "CHF", None)


def test_a_telephone_is_recognised_however_it_is_written() -> None:
    assert create(phone="+49 (30) 5550-0142").phone_key == create(phone="0049 30 55500142").phone_key


def test_consent_has_the_moment_at_which_it_was_given() -> None:
    made = create(email="anke@ostertal.example", consent={"mail": "yes", "visits": "no"})

    assert (made.consent, made.consent_at) == ({"mail": True, "visits": False}, NOON)
    assert create(email="iris@ostertal.example").consent_at is None


def test_own_fields_are_checked_by_their_kind() -> None:
    CustomField.objects.create(on="lead", key="machines", label="Machines", kind="number")

    assert create(email="anke@ostertal.example", custom={"machines": "40"}).custom == {"machines": 40}
    with pytest.raises(ValidationError) as refused:
        create(email="iris@ostertal.example", custom={"machines": "many", "colour": "red"})
    assert sorted(refused.value.message_dict) == ["custom.colour", "custom.machines"]


def test_who_only_reads_makes_no_leads() -> None:
    with pytest.raises(PermissionDenied):
        actions.create({"email": "anke@ostertal.example"}, by=person("Rita Reader", Role.READ_ONLY), at=NOON)


def test_a_lead_is_called_by_what_is_known_of_it() -> None:
    assert str(lead("anke@ostertal.example", first_name="Anke", last_name="Vollmer")) == "Anke Vollmer"
    assert str(lead("iris@ostertal.example")) == "iris@ostertal.example"
    assert str(create(external_id="A-1")) == "A-1"


def test_names_sort_and_are_found_without_accents_and_case() -> None:
    made = create(first_name="Łukasz", last_name="ÅSEN", company="Süß & Co", email="l@kestrel.example")
    made.refresh_from_db()

    assert made.sort_name.startswith("lukasz asen")
    assert list(Lead.objects.matching("asen ŁUK")) == [made]
    assert list(Lead.objects.matching("lu")) == [made], "two characters find the beginning of a name"
    assert not Lead.objects.matching("se").exists()


def test_a_new_lead_knows_where_it_stands(sami: Person) -> None:
    made = actions.create({"email": "anke@ostertal.example", "owner": sami.pk}, by=sami, at=NOON)

    assert made.owner == sami
    assert made.is_open
    assert made.version == 1
    assert made.stage == stage("new")
