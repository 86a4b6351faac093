"""A new lead: what makes one, what tells it from others, and its first deal. Sami sells, Rita only reads."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from leads.funnel.models import Campaign, Interest, Source, Tag
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


@pytest.mark.parametrize("slug", ["won", "lost", "disqualified"])
def test_it_does_not_begin_at_an_end(slug: str) -> None:
    with pytest.raises(ValidationError, match="open stage"):
        create(email="anke@ostertal.example", stage=slug)


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
