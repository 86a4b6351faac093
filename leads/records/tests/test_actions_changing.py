"""Changing leads: what was and what is goes into the journal, and nothing else happens. Sami sells, Mia markets."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from pytest_django import DjangoAssertNumQueries

from leads.records import actions
from leads.records.models import Company, CustomField, Deal, Lead
from leads.records.tests.factories import NOON, lead, person
from workspace.journal.models import JournalEntry
from workspace.people.models import Person
from workspace.people.roles import Role

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def sami() -> Person:
    return person("Sami Rep")


@pytest.fixture
def anke() -> Lead:
    return lead("anke@ostertal.example", first_name="Anke", city="Ostertal")


def change(one: Lead, **values: Any) -> Lead:
    return actions.change(one, values, by=None, at=LATER)


def told() -> list[tuple[str, list[tuple[str, Any, Any]]]]:
    """Verb and (field, old, new) of each entry about leads after they were made."""
    entries = JournalEntry.objects.filter(subject_kind="lead").exclude(verb="lead.created").order_by("pk")
    return [
        (entry.verb, [(one["field"], one["old"], one["new"]) for one in entry.personal["changes"]]) for entry in entries
    ]


def test_a_change_is_told_with_old_and_new(anke: Lead, sami: Person) -> None:
    changed = actions.change(anke, {"city": "Kassel", "first_name": "Anke"}, by=sami, at=LATER)

    assert (changed.city, changed.version) == ("Kassel", 2)
    assert told() == [("lead.edited", [("city", "Ostertal", "Kassel")])]
    entry = JournalEntry.objects.get(verb="lead.edited")
    assert (entry.actor, entry.at) == (sami, LATER)


def test_what_is_so_already_is_no_change(anke: Lead) -> None:
    same = change(anke, city=" Ostertal ", email="ANKE@ostertal.example")

    assert same.version == 1
    assert told() == []


def test_who_looks_after_it_is_told_apart_from_the_rest(anke: Lead, sami: Person) -> None:
    mia = person("Mia Marketer", Role.MARKETER)

    change(anke, owner=sami.email, marketer=mia.pk, city="Kassel")

    assert told() == [
        ("lead.assigned", [("owner", None, "Sami Rep"), ("marketer", None, "Mia Marketer")]),
        ("lead.edited", [("city", "Ostertal", "Kassel")]),
    ]


def test_value_and_offering_are_the_current_deals_too(anke: Lead) -> None:
    changed = change(anke, value="12500.50", offering="Pilot")

    deal = Deal.objects.get(lead=anke)
    assert (deal.value, deal.currency, str(deal.offering)) == (Decimal("12500.50"), "EUR", "Pilot")
    assert changed.value_base == Decimal("12500.50")


def test_taking_the_value_away_takes_its_worth_along(anke: Lead) -> None:
    change(anke, value="100")

    changed = change(anke, value="")

    assert (changed.value, changed.value_base) == (None, None)
    assert Deal.objects.get(lead=anke).value is None


def test_tags_are_set_as_a_whole(anke: Lead) -> None:
    change(anke, tags=["brewery", "pilot"])
    change(anke, tags=["pilot", "retrofit"])

    assert sorted(tag.name for tag in anke.tags.all()) == ["pilot", "retrofit"]
    assert told()[-1] == ("lead.edited", [("tags", ["brewery", "pilot"], ["pilot", "retrofit"])])


def test_an_own_field_set_to_nothing_is_removed(anke: Lead) -> None:
    CustomField.objects.create(on="lead", key="machines", label="Machines", kind="number")
    change(anke, custom={"machines": 40})

    changed = change(anke, custom={"machines": ""})

    assert changed.custom == {}
    assert told() == [
        ("lead.edited", [("custom.machines", None, 40)]),
        ("lead.edited", [("custom.machines", 40, None)]),
    ]


def test_consent_has_the_moment_of_its_last_change(anke: Lead) -> None:
    assert change(anke, consent={"mail": True}).consent_at == LATER


def test_a_lead_moves_to_another_company_with_its_name(anke: Lead) -> None:
    changed = change(anke, company="Kestrel")

    assert (changed.company_name, changed.company) == ("Kestrel", Company.objects.get())
    assert change(anke, company=None).company_name == ""


def test_the_last_thing_that_tells_it_apart_stays(anke: Lead) -> None:
    with pytest.raises(ValidationError, match="needs an e-mail"):
        change(anke, email="")

    anke.refresh_from_db()
    assert anke.email == "anke@ostertal.example"


def test_an_address_that_another_has_is_refused(anke: Lead) -> None:
    other = lead("iris@ostertal.example", first_name="Iris")

    with pytest.raises(ValidationError, match="Iris has this e-mail address already"):
        change(anke, email="iris@ostertal.example")

    Lead.objects.filter(pk=other.pk).update(deleted_at=NOON)
    assert change(anke, email="iris@ostertal.example").email == "iris@ostertal.example"


@pytest.mark.parametrize("key", ["stage", "created_at", "closed_at", "lost_reason"])
def test_what_has_an_action_of_its_own_is_not_changed_here(anke: Lead, key: str) -> None:
    with pytest.raises(ValidationError) as refused:
        change(anke, **{key: "2026-01-01"})

    assert list(refused.value.message_dict) == [key]


def test_many_are_changed_alike_and_each_has_its_entry(anke: Lead, sami: Person) -> None:
    iris = lead("iris@ostertal.example", city="Kassel")

    changed = actions.change_many([anke, iris], {"city": "Kassel", "owner": sami.pk}, by=sami, at=LATER)

    assert {one.city for one in changed} == {"Kassel"}
    entries = JournalEntry.objects.exclude(verb="lead.created").order_by("verb", "thread_id")
    assert [(entry.verb, entry.thread_id) for entry in entries] == [
        ("lead.assigned", anke.pk), ("lead.assigned", iris.pk), ("lead.edited", anke.pk),
    ]  # fmt: skip


def test_when_one_cannot_be_changed_none_is(anke: Lead) -> None:
    nameless = actions.create({"external_id": "A-1"}, by=None, at=NOON)

    with pytest.raises(ValidationError):
        actions.change_many([anke, nameless], {"external_id": ""}, by=None, at=LATER)
    with pytest.raises(ValidationError):
        actions.change_many([anke, nameless], {"city": "Kassel", "email": "both@ostertal.example"}, by=None, at=LATER)

    anke.refresh_from_db()
    assert anke.city == "Ostertal"
    assert told() == []


def test_a_deleted_lead_is_left_alone(anke: Lead) -> None:
    Lead.objects.filter(pk=anke.pk).update(deleted_at=NOON)

    with pytest.raises(Lead.DoesNotExist):
        change(anke, city="Kassel")
    assert actions.change_many([anke], {"city": "Kassel"}, by=None, at=LATER) == []


def test_who_only_reads_changes_nothing(anke: Lead) -> None:
    with pytest.raises(PermissionDenied):
        actions.change(anke, {"city": "Kassel"}, by=person("Rita Reader", Role.READ_ONLY), at=LATER)


def test_derived_columns_are_written_without_an_entry_and_without_a_new_version(
    anke: Lead, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    iris = lead("iris@ostertal.example")

    with django_assert_num_queries(4):  # savepoint, the leads, one statement for all, release
        written = actions.set_derived({anke.pk: {"fit": 45, "grade": "A1"}, iris.pk: {"fit": 10, "grade": "D4"}})

    assert written == 2
    stored = {one.pk: one for one in Lead.objects.all()}
    assert (stored[anke.pk].fit, stored[anke.pk].grade, stored[anke.pk].version) == (45, "A1", 1)
    assert stored[iris.pk].grade == "D4"
    assert told() == []


def test_only_derived_columns_are_written_that_way(anke: Lead) -> None:
    with pytest.raises(ValueError, match="city"):
        actions.set_derived({anke.pk: {"city": "Kassel"}})


def test_consent_told_by_one_way_leaves_the_other_ways_as_they_are(anke: Lead) -> None:
    change(anke, consent={"mail": True, "visits": True})
    change(anke, consent={"phone": False})

    assert change(anke, consent={"visits": None}).consent == {"mail": True, "phone": False}


def test_whoever_gets_a_lead_has_not_to_sort_it_any_more(anke: Lead, sami: Person) -> None:
    Lead.objects.filter(pk=anke.pk).update(to_sort_by=sami, to_sort_until=LATER.date())

    assert change(anke, city="Kassel").to_sort_by == sami
    assert change(anke, owner=sami.pk).to_sort_by is None


@pytest.mark.parametrize("half", [{"next_step": "Call"}, {"next_step_at": "2026-12-01T10:00"}])
def test_a_next_step_has_a_date_and_a_date_a_step(anke: Lead, half: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        change(anke, **half)


@pytest.mark.parametrize(
    ("half", "field"),
    [
        ({"asleep_until": "2026-12-01"}, "asleep_reason"),
        ({"asleep_until": "2026-12-01", "asleep_reason": " "}, "asleep_reason"),
        ({"asleep_reason": "After the harvest"}, "asleep_until"),
    ],
)
def test_a_lead_sleeps_until_a_day_and_for_a_reason(anke: Lead, half: dict[str, str], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        change(anke, **half)
    assert list(refused.value.message_dict) == [field]

    with pytest.raises(ValidationError) as refused:
        actions.create({"email": "uwe@ostertal.example", **half}, by=None, at=NOON)
    assert list(refused.value.message_dict) == [field]


def test_whoever_wakes_a_lead_takes_the_reason_with_it_and_both_are_told(anke: Lead) -> None:
    change(anke, asleep_until="2026-12-01", asleep_reason="After the harvest")
    later = change(anke, asleep_until="2027-01-01")
    assert (str(later.asleep_until), later.asleep_reason) == ("2027-01-01", "After the harvest")
    with pytest.raises(ValidationError, match="Say why"):
        change(anke, asleep_reason="")

    woken = change(anke, asleep_until=None)

    assert (woken.asleep_until, woken.asleep_reason) == (None, "")
    assert told()[0] == (
        "lead.edited", [("asleep_until", None, "2026-12-01"), ("asleep_reason", "", "After the harvest")],
    )  # fmt: skip
    assert told()[-1] == (
        "lead.edited", [("asleep_until", "2027-01-01", None), ("asleep_reason", "After the harvest", "")],
    )  # fmt: skip


def test_whoever_puts_a_lead_to_sleep_has_sorted_it(anke: Lead, sami: Person) -> None:
    Lead.objects.filter(pk=anke.pk).update(to_sort_by=sami, to_sort_until=LATER.date())

    assert change(anke, asleep_until="2026-12-01", asleep_reason="After the harvest").to_sort_by is None


def test_a_company_or_tag_of_digits_is_a_name_not_somebody_elses_id(anke: Lead) -> None:
    other = Company.objects.create(name="Other")

    changed = change(anke, company=str(other.pk), tags="2024")

    assert (changed.company_name, [str(tag) for tag in changed.tags.all()]) == (str(other.pk), ["2024"])


def test_a_change_of_tags_alone_is_a_new_version_too(anke: Lead) -> None:
    assert change(anke, tags="fair").version == anke.version + 1
    assert change(anke, tags="fair").version == anke.version + 1
    assert change(anke, tags="fair, lyon", city="Kassel").version == anke.version + 2
