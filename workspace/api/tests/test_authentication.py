"""Who may call: a good token within its scopes, or the session of somebody who is signed in."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.test import Client
from django.utils import timezone

from workspace.api.tests.client import ROOT, Caller, told
from workspace.hooks import actions
from workspace.hooks.models import Token
from workspace.people.models import Person

pytestmark = pytest.mark.django_db
USERS = f"{ROOT}users/"


def test_a_token_calls_as_its_person_and_keeps_when_it_was_used(sami: Person, caller: Caller) -> None:
    assert caller.get("users/me/")["email"] == sami.email
    assert Token.objects.get().last_used_at is not None


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer smk_wrong", "Basic c2FtaTpzZWNyZXQ=", "smk_wrong", "Bearer \N{SNOWMAN}"],
)
def test_without_a_good_token_the_answer_is_401_and_says_what_to_send(header: str) -> None:
    response = Client(headers={"Authorization": header} if header else {}).get(USERS)

    told(response, HTTPStatus.UNAUTHORIZED)
    assert response["WWW-Authenticate"] == 'Bearer realm="smarketing"'


@pytest.mark.parametrize("end", ["expired", "revoked", "its person left"])
def test_a_token_that_ended_is_refused(sami: Person, caller: Caller, end: str) -> None:
    caller.get("users/me/")
    token = Token.objects.get()
    if end == "expired":
        Token.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    elif end == "revoked":
        actions.revoke(token, at=timezone.now())
    else:
        Person.objects.update(is_active=False)

    assert caller.get("users/me/", HTTPStatus.UNAUTHORIZED)["detail"] == "This token is unknown, revoked or expired."


@pytest.mark.parametrize(
    ("scopes", "status"),
    [
        (["*"], HTTPStatus.OK),
        (["users:read"], HTTPStatus.OK),
        (["users:write"], HTTPStatus.OK),
        (["leads:read", "users:read"], HTTPStatus.OK),
        (["leads:write"], HTTPStatus.FORBIDDEN),
        (["user:read"], HTTPStatus.FORBIDDEN),
    ],
)
def test_reading_takes_the_scope_of_the_resource(sami: Person, scopes: list[str], status: int) -> None:
    answer = Caller(sami, *scopes).get("users/", status)

    assert status == HTTPStatus.OK or answer["detail"] == "This token lacks the scope users:read."


def test_a_session_reads_without_a_token(sami: Person) -> None:
    client = Client()
    client.force_login(sami)

    assert told(client.get(f"{USERS}me/"), HTTPStatus.OK)["email"] == sami.email


def test_a_session_changes_nothing_without_the_csrf_token(sami: Person) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(sami)

    answer = told(client.post(USERS, "{}", "application/json"), HTTPStatus.FORBIDDEN)

    assert "CSRF" in answer["detail"]


def test_a_token_needs_no_csrf_token(caller: Caller) -> None:
    client = Client(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {caller.secret}"})

    told(client.post(USERS, "{}", "application/json"), HTTPStatus.METHOD_NOT_ALLOWED)
