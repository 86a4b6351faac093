"""Commitments by the API answer as the pages do: Priya owes, Mara is owed, Samuel only reads."""

from http import HTTPStatus
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from workspace.commitments import actions
from workspace.commitments.models import Commitment
from workspace.commitments.tests.owing import TEN, at, promise
from workspace.people.models import Person
from workspace.people.roles import Role
from workspace.tests.people import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("for_real")]
LIST = "/api/v1/commitments/"


def call(client: Client, who: Person, url: str, body: dict[str, Any] | None = None) -> Any:
    client.force_login(who)
    if body is None:
        return client.get(url)
    return client.post(url, body, content_type="application/json")


def test_what_is_owed_is_told_with_its_facts(client: Client, priya: Person, mara: Person) -> None:
    made = promise(priya)
    actions.tick(at("17T13:00"))

    told = call(client, mara, f"{LIST}{made.pk}/").json()

    assert told["debtor"]["email"] == "priya@fennmark.example"
    assert (told["owed_by"], told["owed_to"], told["creditor"], told["subject"]) == ("M", "S", None, None)
    assert (told["state"], told["due_at"], told["breached_at"]) == (
        "running",
        "2026-11-17T12:00:00Z",
        "2026-11-17T12:00:00Z",
    )
    assert told["target_seconds"] == 7_200


@pytest.mark.parametrize(
    ("query", "texts"),
    [
        ({}, ["first", "second", "third"]),
        ({"state": "kept"}, ["second"]),
        ({"state": "open", "owed_by": "S"}, ["third"]),
        ({"debtor": "me"}, ["first", "second"]),
        ({"owed_to": "M"}, ["third"]),
        ({"kind": "promise", "ordering": "-due_at"}, ["third", "second", "first"]),
        ({"due_after": "2026-11-17T12:30:00Z"}, ["second", "third"]),
    ],
)
def test_the_list_is_filtered_as_the_page_is(
    client: Client, priya: Person, mara: Person, query: dict[str, str], texts: list[str]
) -> None:
    promise(priya, "first", hours=2)
    actions.finish(promise(priya, "second", hours=3), by=priya, at=TEN)
    promise(mara, "third", hours=4, side="S")
    client.force_login(priya)

    assert [one["text"] for one in client.get(LIST, query).json()["results"]] == texts


@pytest.mark.parametrize("query", ["kind=nothing", "subject=lead", "subject=moon:1", "state=late", "who=me"])
def test_what_is_no_filter_is_refused(client: Client, priya: Person, query: str) -> None:
    answer = call(client, priya, f"{LIST}?{query}")

    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert list(answer.json()["errors"]) == [query.partition("=")[0]]


@pytest.mark.parametrize(
    ("act", "who", "other", "body", "again"),
    [
        ("done", "priya", "mara", {"text": "Here."}, (HTTPStatus.CONFLICT, HTTPStatus.CONFLICT)),
        ("pause", "mara", "priya", {"reason": "Away"}, (HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.BAD_REQUEST)),
        ("cancel", "mara", "priya", {"reason": "Found it"}, (HTTPStatus.CONFLICT, HTTPStatus.CONFLICT)),
    ],
)
def test_page_and_api_answer_each_visitor_alike(
    client: Client,
    priya: Person,
    mara: Person,
    *,
    act: str,
    who: str,
    other: str,
    body: dict[str, str],
    again: tuple[HTTPStatus, HTTPStatus],
) -> None:
    people = {"priya": priya, "mara": mara, "reader": person("Samuel Okafor", Role.READ_ONLY, "")}
    by_page, by_api = promise(priya), promise(priya)
    pages, calls = [], []
    with time_machine.travel(at("17T10:30"), tick=False):
        for visitor in ("reader", other, who, who):
            client.force_login(people[visitor])
            pages.append(client.post(reverse(f"commitments:{act}", args=[by_page.pk]), body).status_code)
            calls.append(call(client, people[visitor], f"{LIST}{by_api.pk}/{act}/", body).status_code)

    # Who only reads, and the other side, see it and may not; the second try comes too late.
    assert pages == [HTTPStatus.FORBIDDEN, HTTPStatus.FORBIDDEN, HTTPStatus.FOUND, again[0]]
    assert calls == [HTTPStatus.FORBIDDEN, HTTPStatus.FORBIDDEN, HTTPStatus.OK, again[1]]


def test_a_conflict_tells_the_present_state(client: Client, priya: Person) -> None:
    made = promise(priya)
    call(client, priya, f"{LIST}{made.pk}/done/", {})

    problem = call(client, priya, f"{LIST}{made.pk}/done/", {}).json()

    assert problem["type"] == "urn:smarketing:already-closed"
    assert problem["commitment"]["state"] in ("met", "met_late")


def test_a_clock_runs_on_by_the_api(client: Client, priya: Person, mara: Person) -> None:
    made = actions.pause(promise(priya), by=mara, at=at("17T11:00"), reason="They are away")

    with time_machine.travel(at("21T12:00"), tick=False):
        told = call(client, mara, f"{LIST}{made.pk}/resume/", {}).json()

    assert (told["state"], told["due_at"], told["remaining_seconds"]) == ("running", "2026-11-23T10:00:00Z", None)


def test_a_promise_is_made_by_the_api_as_by_the_page(client: Client, priya: Person, mara: Person) -> None:
    body = {"text": "A price list", "creditor": mara.email, "target_seconds": 7_200}
    with time_machine.travel(TEN, tick=False):
        made = call(client, priya, LIST, body)

    told = made.json()
    assert made.status_code == HTTPStatus.CREATED
    assert made.headers["Location"].endswith(f"{LIST}{told['id']}/")
    assert (told["text"], told["debtor"]["id"], told["creditor"]["id"]) == ("A price list", priya.pk, mara.pk)
    assert (told["owed_by"], told["owed_to"], told["state"]) == ("M", "S", "running")
    assert told["due_at"] == "2026-11-17T12:00:00Z"


def test_nobody_in_particular_may_owe_it_by_a_date_or_in_two_working_days(client: Client, priya: Person) -> None:
    with time_machine.travel(TEN, tick=False):
        dated = call(client, priya, LIST, {"text": "Dated", "debtor": None, "due_at": "2026-11-20T16:00:00Z"}).json()
        usual = call(client, priya, LIST, {"text": "Usual"}).json()

    assert (dated["debtor"], dated["due_at"], dated["target_seconds"]) == (None, "2026-11-20T16:00:00Z", None)
    assert (usual["debtor"]["id"], usual["due_at"]) == (priya.pk, "2026-11-19T10:00:00Z")


@pytest.mark.parametrize(
    ("who", "body", "status", "field"),
    [
        ("priya", {}, HTTPStatus.BAD_REQUEST, "text"),
        ("priya", {"text": "X", "debtor": "mara@fennmark.example"}, HTTPStatus.BAD_REQUEST, "debtor"),
        ("priya", {"text": "X", "creditor": "leo@fennmark.example"}, HTTPStatus.BAD_REQUEST, "creditor"),
        ("priya", {"text": "X", "creditor": "gone@fennmark.example"}, HTTPStatus.BAD_REQUEST, "creditor"),
        ("priya", {"text": "X", "target_seconds": 1, "due_at": "2027-01-01T09:00Z"}, HTTPStatus.BAD_REQUEST, "due_at"),
        ("priya", {"text": "X", "due_at": "2226-01-01T09:00Z"}, HTTPStatus.BAD_REQUEST, "due_at"),
        ("priya", {"text": "X", "owed_by": "S"}, HTTPStatus.FORBIDDEN, ""),
        ("tomasz", {"text": "X"}, HTTPStatus.BAD_REQUEST, "owed_by"),
        ("reader", {"text": "X"}, HTTPStatus.FORBIDDEN, ""),
    ],
)
@pytest.mark.usefixtures("mara", "leo")
def test_what_cannot_be_promised_is_refused(
    client: Client,
    priya: Person,
    tomasz: Person,
    *,
    who: str,
    body: dict[str, Any],
    status: HTTPStatus,
    field: str,
) -> None:
    gone = person("Gone Gunn", Role.REP, "S")
    Person.objects.filter(pk=gone.pk).update(is_active=False, email="gone@fennmark.example")
    people = {"priya": priya, "tomasz": tomasz, "reader": person("Samuel Okafor", Role.READ_ONLY, "M")}

    answer = call(client, people[who], LIST, body)

    assert answer.status_code == status
    assert list(answer.json().get("errors", {})) == ([field] if field else [])
    assert not Commitment.objects.exists()


def test_who_belongs_to_both_departments_says_for_which(client: Client, tomasz: Person) -> None:
    made = call(client, tomasz, LIST, {"text": "X", "owed_by": "S"})

    assert (made.status_code, made.json()["owed_by"], made.json()["owed_to"]) == (HTTPStatus.CREATED, "S", "M")
