"""Stale edits: Sami and Mara have seen the same lead, Mara writes first."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from leads.records import actions
from leads.records.actions import ChangedMeanwhile
from leads.records.models import Company, CustomField, Lead
from leads.records.tests.factories import NOON, lead, person
from workspace.journal.models import JournalEntry
from workspace.people.models import Person

pytestmark = pytest.mark.django_db

SLEEP = {"asleep_until": "2027-01-01", "asleep_reason": "After the fair"}


@pytest.fixture
def anke() -> Lead:
    return lead("anke@ostertal.example", first_name="Anke", company="Ostertal", tags=["Hot"], consent={"mail": True})


@pytest.fixture
def mara() -> Person:
    return person("Mara Lindholm")


@pytest.fixture
def sami() -> Person:
    return person("Sami Rep")


def test_who_writes_over_a_change_unseen_is_told_who_wrote_what_and_nothing_is_written(
    anke: Lead, mara: Person, sami: Person
) -> None:
    seen = actions.marks(anke, ["city", "industry"])
    actions.change(anke, {"city": "Oslo"}, by=mara, at=NOON)

    with pytest.raises(ChangedMeanwhile) as refusal:
        actions.change(anke, {"city": "Bergen", "industry": "Oil"}, by=sami, at=NOON, seen=seen)

    (one,) = refusal.value.collisions
    assert (one.change.field, one.change.old, one.change.new, one.by) == ("city", "Oslo", "Bergen", mara)
    assert one.at == JournalEntry.objects.get(verb="lead.edited").recorded_at
    stored = refusal.value.record
    assert isinstance(stored, Lead)
    anke.refresh_from_db()
    assert (stored.city, anke.city, anke.industry) == ("Oslo", "Oslo", "")


def test_other_fields_pass_side_by_side(anke: Lead, mara: Person, sami: Person) -> None:
    seen = actions.marks(anke, ["city", "industry"])
    actions.change(anke, {"city": "Oslo"}, by=mara, at=NOON)

    actions.change(anke, {"industry": "Oil"}, by=sami, at=NOON, seen=seen)

    anke.refresh_from_db()
    assert (anke.city, anke.industry) == ("Oslo", "Oil")


def test_two_who_write_the_same_do_not_collide(anke: Lead, mara: Person, sami: Person) -> None:
    seen = actions.marks(anke, ["city"])
    actions.change(anke, {"city": "Oslo"}, by=mara, at=NOON)

    actions.change(anke, {"city": "Oslo"}, by=sami, at=NOON, seen=seen)

    assert JournalEntry.objects.filter(verb="lead.edited").count() == 1


def test_a_change_there_and_back_is_none(anke: Lead, mara: Person, sami: Person) -> None:
    seen = actions.marks(anke, ["city"])
    for city in ("Oslo", ""):
        actions.change(anke, {"city": city}, by=mara, at=NOON)

    assert actions.change(anke, {"city": "Bergen"}, by=sami, at=NOON, seen=seen).city == "Bergen"


@pytest.mark.parametrize(
    ("writes", "told"),
    [
        (("owner", {"owner": "mara.lindholm@fennmark.example"}, {"owner": "sami.rep@fennmark.example"}), "Mara Lindholm"),
        (("value", {"value": "100", "currency": "EUR"}, {"value": "200"}), "100.00"),
        (("tags", {"tags": ["Cold"]}, {"tags": ["Warm"]}), ["Cold"]),
        (("company", {"company": "Kestrel"}, {"company": "Fennmark"}), "Kestrel"),
        (("custom.size", {"custom": {"size": 5}}, {"custom": {"size": 6}}), 5),
        (("asleep_until", SLEEP, {"asleep_until": None}), "2027-01-01"),
        (("consent", {"consent": {"mail": False}}, {"consent": {"mail": None, "phone": True}}), {"mail": False}),
    ],
)  # fmt: skip
def test_each_kind_of_value_collides_with_its_own_kind(
    anke: Lead, mara: Person, sami: Person, writes: tuple[str, Mapping[str, Any], Mapping[str, Any]], told: object
) -> None:
    key, first, second = writes
    CustomField.objects.create(key="size", label="Size", kind="number")
    seen = actions.marks(anke, [key])
    actions.change(anke, first, by=mara, at=NOON)

    with pytest.raises(ChangedMeanwhile) as refusal:
        actions.change(anke, second, by=sami, at=NOON, seen=seen)

    (one,) = refusal.value.collisions
    assert (one.change.field, one.change.old, one.by) == (key, told, mara)


def test_consent_by_another_way_does_not_collide(anke: Lead, mara: Person, sami: Person) -> None:
    seen = actions.marks(anke, ["consent"])
    actions.change(anke, {"consent": {"mail": False}}, by=mara, at=NOON)

    stored = actions.change(anke, {"consent": {"phone": True}}, by=sami, at=NOON, seen=seen)

    assert stored.consent == {"mail": False, "phone": True}


def test_a_company_is_held_to_the_same(anke: Lead, mara: Person, sami: Person) -> None:
    company = Company.objects.get()
    seen = actions.marks(company, ["name", "city"])
    actions.change_company(company, {"name": "Ostertal Brewery"}, by=mara, at=NOON)

    with pytest.raises(ChangedMeanwhile) as refusal:
        actions.change_company(company, {"name": "Brewery"}, by=sami, at=NOON, seen=seen)
    actions.change_company(company, {"city": "Berlin"}, by=sami, at=NOON, seen=seen)

    (one,) = refusal.value.collisions
    assert (one.change.old, one.by) == ("Ostertal Brewery", mara)
    company.refresh_from_db()
    assert (company.name, company.city) == ("Ostertal Brewery", "Berlin")


def test_what_no_edit_changed_is_told_without_a_name(anke: Lead, sami: Person) -> None:
    seen = actions.marks(anke, ["city"])
    Lead.objects.update(city="Oslo")

    with pytest.raises(ChangedMeanwhile) as refusal:
        actions.change(anke, {"city": "Bergen"}, by=sami, at=NOON, seen=seen)

    assert (refusal.value.collisions[0].by, refusal.value.collisions[0].at) == (None, None)


@pytest.mark.django_db(transaction=True)
def test_of_four_who_write_over_the_same_value_one_wins() -> None:
    writers = [person(f"Writer {number}") for number in range(4)]
    anke = lead("anke@ostertal.example")
    seen = actions.marks(anke, ["city"])
    together = Barrier(4)

    def write(number: int) -> bool:
        connection.ensure_connection()
        together.wait()
        try:
            actions.change(anke, {"city": f"City {number}"}, by=writers[number], at=NOON, seen=seen)
        except ChangedMeanwhile:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(write, range(4))) == [False, False, False, True]
