"""Old leads come in asleep: until a day, for a reason, and in nobody's care to sort meanwhile."""

from datetime import date, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from leads.imports.actions.preparing import Agreed
from leads.imports.mapping import Column, Mapping
from leads.imports.models import Import
from leads.imports.tests.bringing import agreed, bring, counts, only_lead, refused, take_back, uploaded
from leads.imports.tests.test_pages import shown_form
from leads.records.models import Lead
from leads.records.tests.factories import LeadFactory, person
from workspace.journal.models import JournalEntry
from workspace.people.models import Person
from workspace.people.roles import Role

pytestmark = pytest.mark.django_db

SPRING = date(2099, 3, 1)
SLEEP: dict[str, Any] = {"asleep_until": SPRING, "asleep_reason": "Bought last year"}


@pytest.fixture
def mara() -> Person:
    return person("Mara Lindholm", Role.MARKETER)


def sleep(lead: Lead) -> tuple[date | None, str]:
    return lead.asleep_until, lead.asleep_reason


def test_new_open_leads_sleep_and_closed_ones_do_not(mara: Person) -> None:
    bring("email,stage,closed_at\na@x.example,new,\nb@x.example,won,2025-01-02\n", by=mara, **SLEEP)

    assert sleep(only_lead(email="a@x.example")) == (SPRING, "Bought last year")
    assert only_lead(email="a@x.example").to_sort_by is None
    assert sleep(only_lead(email="b@x.example")) == (None, "")


def test_leads_that_are_known_are_not_sent_to_sleep(mara: Person) -> None:
    LeadFactory.create(email="a@x.example", city="Oslo")

    bring("email,city\na@x.example,Åre\n", by=mara, **SLEEP)

    assert sleep(only_lead(email="a@x.example")) == (None, "")


def test_a_day_of_the_file_is_before_that_of_the_terms_and_who_sleeps_is_not_to_be_sorted(mara: Person) -> None:
    until = timezone.localdate() + timedelta(days=9)

    bring(
        "email,asleep,why\na@x.example,2098-01-01,Budget opens\nb@x.example,2098-01-02,\nc@x.example,,\n",
        {"email": "email", "asleep": "asleep_until", "why": "asleep_reason"}, by=mara, sort_by=mara, sort_until=until,
    )  # fmt: skip

    a, b, c = (only_lead(email=f"{letter}@x.example") for letter in "abc")
    assert (sleep(a), a.to_sort_by) == ((date(2098, 1, 1), "Budget opens"), None)
    assert (sleep(b), b.to_sort_by) == ((date(2098, 1, 2), "As leads.csv says."), None)
    assert (sleep(c), c.to_sort_by) == ((None, ""), mara)


def test_a_known_lead_that_a_file_sends_to_sleep_gets_a_reason_and_the_same_file_changes_nothing(mara: Person) -> None:
    LeadFactory.create(email="a@x.example")
    content, columns = "email,asleep\na@x.example,2098-01-01\n", {"email": "email", "asleep": "asleep_until"}

    first, second = bring(content, columns, by=mara), bring(content, columns, by=mara)

    assert (counts(first), counts(second)) == ((0, 1, 0, 0), (0, 0, 1, 0))
    assert sleep(only_lead(email="a@x.example")) == (date(2098, 1, 1), "As leads.csv says.")
    told = JournalEntry.objects.get(verb="lead.edited")
    assert [change["field"] for change in told.personal["changes"]] == ["asleep_until", "asleep_reason"]
    take_back(first)
    assert sleep(only_lead(email="a@x.example")) == (None, "")


def test_a_reason_without_a_day_is_refused(mara: Person) -> None:
    done = bring("email,why\na@x.example,tired\n", {"email": "email", "why": "asleep_reason"}, by=mara)

    assert counts(done) == (0, 0, 0, 1)
    assert "Asleep until: Say until when it sleeps." in refused(done)[0]


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"asleep_until": SPRING}, "asleep_reason"),
        ({"asleep_reason": "Bought last year"}, "asleep_until"),
    ],
)
def test_a_day_needs_a_reason_and_a_reason_a_day(terms: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as error:
        agreed("email\na@x.example\n", **terms)

    assert list(error.value.message_dict) == [field]


def test_leads_sleep_or_are_sorted_not_both(mara: Person) -> None:
    mapping = Mapping([Column("email", "email")])

    with pytest.raises(ValidationError, match="choose one"):
        Agreed(mapping, "email", "both", sort_by=mara, asleep_until=SPRING, asleep_reason="x").check()

    import_ = uploaded("email\na@x.example\n")
    with pytest.raises(IntegrityError, match="import_sleep_is_whole"), transaction.atomic():
        Import.objects.filter(pk=import_.pk).update(sort_by=mara, asleep_until=SPRING, asleep_reason="x")


def test_the_page_lets_one_choose_and_says_what_is_missing(client: Client, mara: Person) -> None:
    import_ = agreed("email\na@x.example\n", by=mara)
    client.force_login(mara)
    url = reverse("imports:map", args=[import_.pk])
    data = shown_form(client, import_) | {"care": "sleep"}
    assert (data["sort_by"], data["asleep_until"]) == (mara.pk, "")

    missing = client.post(url, data)
    over = client.post(url, data | {"asleep_until": "2020-01-01", "asleep_reason": "Bought last year"})
    good = client.post(url, data | {"asleep_until": "2099-03-01", "asleep_reason": "Bought last year"})

    assert missing.status_code == over.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Say why they sleep." in missing.text
    assert "Say until when they sleep." in missing.text
    assert "This day is over." in over.text
    assert good.status_code == HTTPStatus.FOUND
    stored = Import.objects.get()
    assert (stored.asleep_until, stored.asleep_reason, stored.sort_by) == (SPRING, "Bought last year", None)
    assert shown_form(client, stored)["care"] == "sleep"


def test_mended_rows_sleep_as_those_of_the_first_file_do(mara: Person) -> None:
    first = bring("email\nno address\n", by=mara, **SLEEP)
    with first.refused_file.open("rb") as file:
        mended = file.read().decode("utf-8-sig").replace("no address", "a@x.example")

    fix = uploaded(mended, by=mara)

    assert (fix.asleep_until, fix.asleep_reason) == (SPRING, "Bought last year")


def test_from_the_command_line(tmp_path: Path, mara: Person) -> None:
    path = tmp_path / "old.csv"
    path.write_text("email\na@x.example\n", encoding="utf-8")

    call_command(
        "import_leads",
        str(path),
        "--map=email=email",
        "--match=email",
        "--asleep-until=2099-03-01",
        "--asleep-reason=Bought last year",
    )

    assert sleep(only_lead(email="a@x.example")) == (SPRING, "Bought last year")
