"""Every error of the API is a problem of its own status, whoever found it."""

import json
from collections.abc import Callable
from http import HTTPStatus

import pytest
from django.core.exceptions import NON_FIELD_ERRORS, ObjectDoesNotExist, PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.test import Client, RequestFactory
from psycopg.errors import CheckViolation, DeadlockDetected, UniqueViolation
from rest_framework import exceptions

from workspace.api.problems import CONTENT_TYPE, ApiProblemsMiddleware, answer, problem
from workspace.api.tests.client import ROOT, Caller, assert_is_problem, told
from workspace.api.viewsets import ApiViewSet
from workspace.errors import Conflict
from workspace.people.models import Person


class LentMeanwhile(Conflict):
    title = "Lent meanwhile"


class Library(ApiViewSet[Person]):
    def present(self, _conflict: Conflict) -> dict[str, object]:
        return {"book": {"lent_to": "Tove"}}


def answered(error: Exception) -> HttpResponse | None:
    return answer(error, {"view": Library()})


def caused_by(cause: Exception, kind: type[DatabaseError] = IntegrityError) -> DatabaseError:
    error = kind()
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "status", "detail", "errors"),
    [
        (ValidationError({"email": ["No.", "Never."]}), 400, "Some values do not fit", {"email": ["No.", "Never."]}),
        (ValidationError({"to": ValidationError("%(who)s!", params={"who": "Ada"})}), 400, "", {"to": ["Ada!"]}),
        (ValidationError("Not today."), 400, "Not today.", None),
        (ValidationError({NON_FIELD_ERRORS: ["Not today."], "day": ["Past."]}), 400, "Not today.", {"day": ["Past."]}),
        (exceptions.ValidationError({"to": ["Required."]}), 400, "", {"to": ["Required."]}),
        (exceptions.ValidationError(["Not today."]), 400, "Not today.", None),
        (
            exceptions.ValidationError({"leads": [{}, {"email": ["No."], "non_field_errors": ["Odd."]}]}),
            400,
            "",
            {"leads.1.email": ["No."], "leads.1": ["Odd."]},
        ),
        (exceptions.ParseError("Broken."), 400, "Broken.", None),
        (exceptions.NotFound(), 404, "", None),
        (Http404(), 404, "There is none.", None),
        (ObjectDoesNotExist(), 404, "There is none.", None),
        (PermissionDenied("Look only."), 403, "Look only.", None),
        (exceptions.UnsupportedMediaType("text/plain"), 415, "", None),
        (exceptions.NotAcceptable("JSON only."), 406, "JSON only.", None),
        (exceptions.MethodNotAllowed("PUT"), 405, "", None),
        (caused_by(UniqueViolation()), 409, "Somebody stored the same", None),
        (caused_by(DeadlockDetected(), OperationalError), 409, "Somebody was changing the same", None),
        (OperationalError(), 503, "The database is away.", None),
    ],
)  # fmt: skip
def test_an_error_is_told_with_its_status_and_its_fields(
    error: Exception, status: int, detail: str, errors: dict[str, list[str]] | None
) -> None:
    response = answered(error)

    assert response is not None
    assert_is_problem(response)
    body = json.loads(response.content)
    assert body["status"] == status
    assert body["type"] == "about:blank"
    assert body["title"] == HTTPStatus(status).phrase
    assert body["detail"].startswith(detail)
    assert body.get("errors") == errors


def test_a_conflict_has_a_kind_of_its_own_and_tells_the_present_state() -> None:
    response = answered(LentMeanwhile("Tove has it."))

    assert response is not None
    assert json.loads(response.content) == {
        "type": "urn:smarketing:lent-meanwhile",
        "title": "Lent meanwhile",
        "status": 409,
        "detail": "Tove has it.",
        "book": {"lent_to": "Tove"},
    }


@pytest.mark.parametrize("error", [KeyError("x"), caused_by(CheckViolation())])
def test_a_fault_of_our_own_is_no_problem_of_the_caller(error: Exception) -> None:
    assert answered(error) is None


def through_middleware(view: Callable[[HttpRequest], HttpResponse], method: str, path: str) -> HttpResponse:
    return ApiProblemsMiddleware(view)(RequestFactory().generic(method, path))


def test_a_fault_and_a_page_of_an_error_become_problems_below_api_and_nowhere_else() -> None:
    def fails(_request: HttpRequest) -> HttpResponse:
        return HttpResponse("<h1>Sorry</h1>", status=503, headers={"Retry-After": "10"})

    below = through_middleware(fails, "GET", "/api/v1/leads/")
    beside = through_middleware(fails, "GET", "/leads/")

    assert_is_problem(below)
    assert below["Retry-After"] == "10"
    assert beside.content == b"<h1>Sorry</h1>"


def test_good_answers_and_problems_pass_the_middleware_as_they_are() -> None:
    good = HttpResponse("{}", content_type="application/json")
    refusal = problem(HTTPStatus.CONFLICT, "No.", seat=7)

    assert through_middleware(lambda _request: good, "GET", "/api/v1/leads/") is good
    assert through_middleware(lambda _request: refusal, "GET", "/api/v1/leads/") is refusal
    assert refusal["Content-Type"] == CONTENT_TYPE


def test_a_post_without_the_slash_is_told_rather_than_made_a_get() -> None:
    def redirects(request: HttpRequest) -> HttpResponse:
        return HttpResponsePermanentRedirect(f"{request.path}/")

    answer = through_middleware(redirects, "POST", "/api/v1/leads")

    assert_is_problem(answer)
    assert json.loads(answer.content)["detail"] == "Addresses end with a slash: /api/v1/leads/"
    assert through_middleware(redirects, "GET", "/api/v1/leads").status_code == HTTPStatus.MOVED_PERMANENTLY


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["nothing/", "users/mara/", "users/0x1/", "users/-1/", "../api/v1/nothing/"])
def test_an_unknown_address_is_a_problem(caller: Caller, path: str) -> None:
    assert caller.get(path, HTTPStatus.NOT_FOUND)["detail"] == "Nothing has this address."


@pytest.mark.django_db
@pytest.mark.parametrize("pk", ["0", "999999", "9" * 30])
def test_a_record_that_is_not_there_is_a_problem(caller: Caller, pk: str) -> None:
    assert caller.get(f"users/{pk}/", HTTPStatus.NOT_FOUND)["detail"] == "There is none."


@pytest.mark.django_db
def test_methods_and_types_that_are_not_served_are_problems(caller: Caller) -> None:
    put = caller.client.put(f"{ROOT}users/{caller.person.pk}/", "{}", "application/json")
    told(put, HTTPStatus.METHOD_NOT_ALLOWED)
    assert put["Allow"] == "GET, HEAD, OPTIONS"
    answer = caller.client.get(f"{ROOT}users/", headers={"Accept": "text/html"})
    assert told(answer, HTTPStatus.NOT_ACCEPTABLE)["detail"] == "Answers are application/json."


@pytest.mark.django_db
def test_a_browser_that_takes_anything_gets_json(caller: Caller) -> None:
    response = caller.client.get(f"{ROOT}users/", headers={"Accept": "text/html,application/xml;q=0.9,*/*;q=0.8"})

    assert response["Content-Type"] == "application/json"
    assert Client().get(f"{ROOT}nothing/").status_code == HTTPStatus.NOT_FOUND
