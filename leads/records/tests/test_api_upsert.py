"""Leads of another system: created where unknown, updated where known, each row on its own."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http import HTTPStatus
from threading import Barrier
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from leads.records import actions
from leads.records.models import Deal, Lead
from leads.records.tests.factories import NOON, closed_lead, lead, person
from workspace.api.tests.client import Caller
from workspace.journal.models import JournalEntry
from workspace.people.models import Person

pytestmark = pytest.mark.django_db

LATE = NOON + timedelta(days=2)


@pytest.fixture
def sami() -> Person:
    return person("Sami Rep")


@pytest.fixture
def caller(sami: Person) -> Caller:
    return Caller(sami)


def upsert(caller: Caller, match: str, *rows: dict[str, Any]) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = caller.post("leads/upsert/", {"match": match, "leads": rows})["results"]
    return results


def statuses(results: list[dict[str, Any]]) -> list[str]:
    return [result["status"] for result in results]


def test_rows_are_answered_in_the_order_sent_whatever_becomes_of_them(caller: Caller) -> None:
    ada = lead("ada@kestrel.example", first_name="Ada")

    results = upsert(
        caller,
        "email",
        {"email": "new@kestrel.example", "first_name": "Nea"},
        {"email": "ADA@kestrel.example", "first_name": "Ida"},
        {"email": "ada@kestrel.example", "first_name": "Ida"},
        {"email": "bad@kestrel.example", "value": "much"},
        {"first_name": "Nobody"},
        {"email": "new@kestrel.example", "city": "Kiruna"},
    )

    nea = Lead.objects.get(email="new@kestrel.example")
    assert results == [
        {"status": "created", "id": nea.pk, "errors": None},
        {"status": "updated", "id": ada.pk, "errors": None},
        {"status": "unchanged", "id": ada.pk, "errors": None},
        {"status": "refused", "id": None, "errors": {"value": ["“much” is no number."]}},
        {"status": "refused", "id": None, "errors": {"email": ["Without it the lead cannot be recognised."]}},
        {"status": "updated", "id": nea.pk, "errors": None},
    ]
    assert nea.city == "Kiruna"
    assert not Lead.objects.filter(email="bad@kestrel.example").exists()


@pytest.mark.parametrize(
    ("match", "known", "row"),
    [
        ("external_id", {"external_id": "X-1"}, {"external_id": "X-1"}),
        ("email", {"email": "ada@kestrel.example"}, {"email": " ADA@KESTREL.example "}),
        ("phone", {"phone": "+46 980 12345"}, {"phone": "0046 (980) 12 345"}),
    ],
)
def test_a_lead_is_recognised_however_its_key_is_written(
    caller: Caller, match: str, known: dict[str, str], row: dict[str, str]
) -> None:
    ada = lead(**known)

    assert upsert(caller, match, {**row, "city": "Kiruna"})[0]["id"] == ada.pk
    assert Lead.objects.get().city == "Kiruna"


def test_a_telephone_number_of_several_leads_does_not_say_which_one(caller: Caller) -> None:
    lead(phone="+46 980 12345")
    lead(phone="+46 98012345")

    result = upsert(caller, "phone", {"phone": "+4698012345", "city": "Kiruna"})[0]

    assert result["errors"] == {"phone": ["Several leads have this; it does not say which one is meant."]}
    assert not Lead.objects.filter(city="Kiruna").exists()


def test_what_a_row_does_not_name_stays_and_null_empties(caller: Caller) -> None:
    lead("ada@kestrel.example", first_name="Ada", city="Kiruna", tags=["Hot"], owner=caller.person)

    upsert(caller, "email", {"email": "ada@kestrel.example", "city": None, "owner": ""})

    ada = Lead.objects.get()
    assert (ada.first_name, ada.city, ada.owner) == ("Ada", "", None)
    assert [tag.name for tag in ada.tags.all()] == ["Hot"]


def test_a_row_that_says_what_is_there_leaves_no_trace(caller: Caller) -> None:
    row = {
        "external_id": "X-1",
        "source": "Fair",
        "tags": ["Hot", "Nordic"],
        "stage": "new",
        "value": "12.50",
        "currency": "EUR",
        "created_at": "2026-01-01",
    }
    assert statuses(upsert(caller, "external_id", row)) == ["created"]
    entries = JournalEntry.objects.count()

    assert statuses(upsert(caller, "external_id", {**row, "created_at": "2020-01-01"})) == ["unchanged"]
    assert JournalEntry.objects.count() == entries
    assert statuses(upsert(caller, "external_id", {**row, "tags": ["Hot"]})) == ["updated"]


def test_another_stage_moves_the_lead_by_the_rules_of_moving(caller: Caller) -> None:
    lead("ada@kestrel.example", stage="sal")
    row = {"email": "ada@kestrel.example", "city": "Kiruna"}

    refused = upsert(caller, "email", {**row, "stage": "new"}, {**row, "stage": "lost"}, {**row, "stage": "mo\x00on"})
    assert [list(result["errors"]) for result in refused] == [["reason_text"], ["lost_reason"], ["stage"]]
    assert Lead.objects.get().city == ""

    assert statuses(upsert(caller, "email", {**row, "stage": "lost", "lost_reason": "Price"})) == ["updated"]
    ada = Lead.objects.get()
    assert (ada.stage.slug, str(ada.lost_reason), ada.city) == ("lost", "Price", "Kiruna")
    assert JournalEntry.objects.filter(verb="lead.moved").count() == 1


def test_leads_end_when_the_other_system_says_new_ones_and_known_ones(caller: Caller) -> None:
    lead("ada@kestrel.example", stage="sal")  # since NOON
    ended, before = (NOON + timedelta(days=1)).isoformat(), (NOON - timedelta(days=1)).isoformat()
    ada, nea = {"email": "ada@kestrel.example", "stage": "won"}, {"email": "nea@kestrel.example", "stage": "lost"}

    with time_machine.travel(LATE, tick=False):
        results = upsert(
            caller,
            "email",
            {**ada, "closed_at": before},
            {"email": "ada@kestrel.example", "closed_at": ended},
            {**ada, "closed_at": ended},
            {**ada, "closed_at": before},
            {**nea, "closed_at": ended, "created_at": before, "lost_reason": "Weather"},
            {**nea, "closed_at": ended, "created_at": before, "lost_reason": "Other: It rained."},
        )

    assert statuses(results) == ["refused", "refused", "updated", "unchanged", "refused", "created"]
    assert results[0]["errors"] == {"closed_at": ["The lead came into “SAL” later than that, on Nov. 17, 2026."]}
    assert results[1]["errors"] == {"closed_at": ["The lead is closed, but its stage “SAL” is an open one."]}
    assert list(results[4]["errors"]) == ["lost_reason"]
    ends = Deal.objects.order_by("pk").values_list("outcome", "closed_at", "reason__name", "reason_text")
    assert list(ends) == [
        ("won", NOON + timedelta(days=1), None, ""),
        ("lost", NOON + timedelta(days=1), "Other", "It rained."),
    ]


def test_an_address_that_another_lead_has_is_refused(caller: Caller) -> None:
    lead("ada@kestrel.example")
    lead("ben@kestrel.example", external_id="X-1")

    result = upsert(caller, "external_id", {"external_id": "X-1", "email": "ada@kestrel.example"})[0]

    assert result["errors"] == {"email": ["ada@kestrel.example has this e-mail address already."]}


def test_values_of_impossible_types_refuse_their_row_alone(caller: Caller) -> None:
    rows: list[dict[str, Any]] = [
        {"email": ["a@b.example"]},
        {"email": "a@b.example", "owner": {"id": 1}},
        {"email": "a@b.example", "custom": [1]},
        {"email": "a@b.example", "shoes": 42},
        {"email": "a@b.example", "closed_at": "2026-01-01"},
        {"email": "a@b.example", "stage": {"slug": "new"}},
        {"email": "ok@b.example"},
    ]

    assert statuses(upsert(caller, "email", *rows)) == ["refused"] * 6 + ["created"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "match"),
        ({"match": "name", "leads": [{}]}, "match"),
        ({"match": "email", "leads": []}, "leads"),
        ({"match": "email", "leads": {}}, "leads"),
        ({"match": "email", "leads": [{}, 7]}, "leads.1"),
        ({"match": "email", "leads": [{}] * 1_001}, "leads"),
    ],
)
def test_a_call_that_does_not_fit_is_a_problem(caller: Caller, body: dict[str, Any], field: str) -> None:
    assert field in caller.post("leads/upsert/", body, HTTPStatus.BAD_REQUEST)["errors"]


def test_a_thousand_rows_are_answered_in_one_call(caller: Caller) -> None:
    assert statuses(upsert(caller, "external_id", *[{"city": "Kiruna"}] * 1_000)) == ["refused"] * 1_000


@pytest.mark.django_db(transaction=True)
def test_two_systems_that_send_the_same_new_lead_at_once_make_one() -> None:
    people = [person("Sami Rep"), person("Tove Rep")]
    start = Barrier(2)

    def send(by: Person) -> list[actions.Upserted]:
        start.wait()
        try:
            rows = [{"external_id": f"X-{n}", "city": by.name} for n in range(20)]
            return actions.upsert(rows, match="external_id", by=by, at=NOON)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(send, people)

    assert Lead.objects.count() == 20
    assert all({one.status, two.status} == {"created", "updated"} for one, two in zip(first, second, strict=True))
    assert [one.lead for one in first] == [two.lead for two in second]


def test_a_closed_lead_is_updated_where_it_is(caller: Caller) -> None:
    won = closed_lead("won", email="ada@kestrel.example")

    assert statuses(upsert(caller, "email", {"email": won.email, "stage": "won", "city": "Kiruna"})) == ["updated"]


def test_a_day_alone_is_a_day_of_the_readers_zone() -> None:
    """A lead that came into its stage at 13:00 in Berlin can have been closed on that day, which began at 23:00 UTC."""
    anke = lead("anke@ostertal.example", created_at=NOON)

    with timezone.override("Europe/Berlin"):
        before, same_day = (
            actions.upsert([{"email": anke.email, "stage": "won", "closed_at": day}], match="email", by=None, at=LATE)[
                0
            ]
            for day in ("2026-11-16", "2026-11-17")
        )

    assert (before.status, same_day.status) == ("refused", "updated")
    anke.refresh_from_db()
    assert anke.closed_at == NOON


def test_a_lead_may_be_made_and_closed_on_one_day_of_which_only_the_day_is_known() -> None:
    made_and_closed = {"stage": "won", "created_at": NOON.isoformat()}

    with timezone.override("Europe/Berlin"):
        before, same_day = actions.upsert(
            [
                {"email": "early@ostertal.example", "closed_at": "2026-11-16", **made_and_closed},
                {"email": "anke@ostertal.example", "closed_at": "2026-11-17", **made_and_closed},
            ],
            match="email",
            by=None,
            at=LATE,
        )

    assert (before.status, same_day.status) == ("refused", "created")
    assert Lead.objects.get().closed_at == NOON
