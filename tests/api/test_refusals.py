"""Whatever the API refuses, by whichever part of the house, is a problem (RFC 9457) with its own status."""

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from leads.records.models import Lead
from leads.records.tests.factories import lead, person
from workspace.api.options import CALLS_OF_TOKEN
from workspace.api.problems import CONTENT_TYPE
from workspace.api.tests.client import Caller, assert_is_problem
from workspace.options.models import StoredOption
from workspace.people.models import Person
from workspace.people.roles import Role

pytestmark = pytest.mark.django_db

LEADS = "/api/v1/leads/"
JSON = "application/json"
HUGE = b'{"last_name": "' + b"x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0) + b'"}'


@pytest.fixture
def sami() -> Person:
    return person("Sami Rep")


@pytest.fixture
def client(sami: Person) -> Client:
    return Caller(sami).client


@pytest.fixture
def ada() -> Lead:
    return lead("ada@kestrel.example", stage="mql")


def one(ada: Lead) -> str:
    return f"{LEADS}{ada.pk}/"


REFUSALS: dict[str, tuple[int, Callable[[Client, Lead], Any]]] = {
    "no address of the API": (404, lambda client, _ada: client.get("/api/")),
    "no version": (404, lambda client, _ada: client.get("/api/v2/leads/")),
    "no resource": (404, lambda client, _ada: client.get("/api/v1/nothing/")),
    "no resource, posted": (404, lambda client, _ada: client.post("/api/v1/nothing/", "{}", JSON)),
    "an id that is none": (404, lambda client, _ada: client.get(f"{LEADS}ada/")),
    "no such lead": (404, lambda client, _ada: client.get(f"{LEADS}0/")),
    "no such act": (404, lambda client, ada: client.post(f"{one(ada)}sell/", "{}", JSON)),
    "an address of strange characters": (404, lambda client, _ada: client.get("/api/v1/%ff%00/")),
    "a POST without the slash": (404, lambda client, _ada: client.post("/api/v1/leads", "{}", JSON)),
    "DELETE of a person": (405, lambda client, ada: client.delete(f"/api/v1/users/{ada.pk}/")),
    "PUT of a lead": (405, lambda client, ada: client.put(one(ada), "{}", JSON)),
    "PATCH of a list": (405, lambda client, _ada: client.patch(LEADS, "{}", JSON)),
    "GET of an act": (405, lambda client, ada: client.get(f"{one(ada)}move/")),
    "POST to what is read only": (405, lambda client, _ada: client.post("/api/v1/stages/", "{}", JSON)),
    "POST to the schema": (405, lambda client, _ada: client.post("/api/v1/schema/", "{}", JSON)),
    "a method that nobody knows": (405, lambda client, _ada: client.generic("FETCH", LEADS)),
    "TRACE": (405, lambda client, _ada: client.trace(LEADS)),
    "HTML wanted": (406, lambda client, _ada: client.get(LEADS, headers={"Accept": "text/html"})),
    "nothing wanted": (406, lambda client, _ada: client.get(LEADS, headers={"Accept": "nothing"})),
    "HTML wanted of the schema": (
        406, lambda client, _ada: client.get("/api/v1/schema/", headers={"Accept": "text/html"}),
    ),
    "a form": (415, lambda client, _ada: client.post(LEADS, {"last_name": "Björk"})),
    "a body of no type": (415, lambda client, _ada: client.generic("POST", LEADS, b"x", content_type="")),
    "XML": (415, lambda client, ada: client.patch(one(ada), "<lead/>", "application/xml")),
    "half a JSON": (400, lambda client, _ada: client.post(LEADS, "{", JSON)),
    "a list instead of fields": (400, lambda client, _ada: client.post(LEADS, "[]", JSON)),
    "text in no UTF-8": (400, lambda client, _ada: client.post(LEADS, b'{"last_name": "\xff"}', JSON)),
    "a character set that nobody knows": (
        400, lambda client, _ada: client.generic("POST", LEADS, b"{}", f"{JSON}; charset=moon"),
    ),
    "an unknown filter": (400, lambda client, _ada: client.get(f"{LEADS}?colour=red")),
    "a filter of strange characters": (400, lambda client, _ada: client.get(f"{LEADS}?owner=%ff%00")),
    "an unknown field": (400, lambda client, _ada: client.post(LEADS, '{"colour": "red"}', JSON)),
    "no key": (400, lambda client, _ada: client.post(LEADS, "{}", JSON, headers={"Idempotency-Key": " "})),
    "a huge body": (413, lambda client, _ada: client.post(LEADS, HUGE, JSON)),
    "a huge body with a key": (
        413, lambda client, _ada: client.post(LEADS, HUGE, JSON, headers={"Idempotency-Key": "k"}),
    ),
    "a lead that changed since": (
        412, lambda client, ada: client.patch(one(ada), "{}", JSON, headers={"If-Match": '"7"'}),
    ),
    "a lead that was moved": (
        409, lambda client, ada: client.post(f"{one(ada)}move/", {"to": "sal", "from": "new"}, JSON),
    ),
    "no token": (401, lambda _client, _ada: Client().get(LEADS)),
    "a token that nobody has": (
        401, lambda _client, _ada: Client(headers={"Authorization": "Bearer smk_x"}).get(LEADS),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSALS)
def test_each_refusal_is_a_problem_with_its_status(client: Client, ada: Lead, case: str) -> None:
    status, call = REFUSALS[case]

    answer = call(client, ada)

    assert answer.status_code == status, answer.content.decode()
    assert_is_problem(answer)
    assert json.loads(answer.content)["title"]
    assert status != HTTPStatus.METHOD_NOT_ALLOWED or answer["Allow"]
    assert status != HTTPStatus.UNAUTHORIZED or answer["WWW-Authenticate"]


def test_what_the_person_or_the_token_may_not_is_a_problem(ada: Lead) -> None:
    rita = person("Rita Reader", role=Role.READ_ONLY)

    answers: list[Any] = [
        Caller(rita).client.patch(one(ada), '{"city": "Oslo"}', JSON),
        Caller(rita, "stages:read").client.get(LEADS),
    ]

    for answer in answers:
        assert answer.status_code == HTTPStatus.FORBIDDEN
        assert_is_problem(answer)


def test_a_session_without_the_token_of_its_forms_is_a_problem(sami: Person, ada: Lead) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(sami)

    answer: Any = browser.patch(one(ada), "{}", JSON)

    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert_is_problem(answer)
    assert "CSRF" in json.loads(answer.content)["detail"]


def test_one_call_too_many_is_a_problem(client: Client, sami: Person) -> None:
    StoredOption.objects.create(key=CALLS_OF_TOKEN.key, value=10, changed_at=timezone.now())

    answers: list[Any] = [client.get(LEADS) for _call in range(11)]

    assert answers[-1].status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert_is_problem(answers[-1])


def test_a_page_is_no_problem_and_keeps_its_own_errors(sami: Person) -> None:
    browser = Client()
    browser.force_login(sami)

    answer = browser.get("/leads/0/")

    assert (answer.status_code, answer["Content-Type"].partition(";")[0]) == (HTTPStatus.NOT_FOUND, "text/html")
    assert answer["Content-Type"] != CONTENT_TYPE
