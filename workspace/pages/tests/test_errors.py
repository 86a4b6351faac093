"""Errors become pages that say what happened and what to do next, in one place each."""

from http import HTTPStatus
from unittest import mock

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from workspace.people.models import Person

pytestmark = [pytest.mark.django_db, pytest.mark.urls("workspace.pages.tests.urls")]

HTMX = {"HX-Request": "true"}


def test_a_conflict_is_a_page_with_its_own_words(as_mara: Client) -> None:
    page = as_mara.get("/conflict/")

    assert page.status_code == HTTPStatus.CONFLICT
    assert "<h1>Already moved</h1>" in page.text
    assert "Priya Raman has moved this lead already." in page.text


def test_for_htmx_a_conflict_fills_the_status_line_and_leaves_the_fragment(as_mara: Client) -> None:
    answer = as_mara.get("/conflict/", headers=HTMX)

    assert answer.status_code == HTTPStatus.CONFLICT
    assert answer["HX-Reswap"] == "none"
    assert 'id="notice" hx-swap-oob="innerHTML"' in answer.text
    assert "Priya Raman has moved this lead already." in answer.text
    assert "<html" not in answer.text


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/cursor/", HTTPStatus.BAD_REQUEST, "Start again from the top"),
        ("/forbidden/", HTTPStatus.FORBIDDEN, "Only the receiving department may accept this."),
        ("/nowhere/", HTTPStatus.NOT_FOUND, "There is nothing here that you can see"),
    ],
)
def test_errors_of_the_visitor_stand_inside_the_shell(
    as_mara: Client, path: str, status: HTTPStatus, words: str
) -> None:
    page = as_mara.get(path)

    assert page.status_code == status
    assert words in page.text
    assert "Mara Lindholm" in page.text


def test_whoever_has_not_signed_in_gets_the_page_without_the_shell(client: Client) -> None:
    page = client.get("/nowhere/")

    assert page.status_code == HTTPStatus.NOT_FOUND
    assert "There is nothing here that you can see" in page.text
    assert "sidenav" not in page.text


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/database/", HTTPStatus.SERVICE_UNAVAILABLE, "cannot reach its database"),
        ("/broken/", HTTPStatus.INTERNAL_SERVER_ERROR, "Something broke on our side"),
    ],
)
def test_errors_of_the_server_are_drawn_without_the_database(
    as_mara: Client, path: str, status: HTTPStatus, words: str
) -> None:
    as_mara.raise_request_exception = False
    with CaptureQueriesContext(connection) as queries:
        page = as_mara.get(path)

    assert page.status_code == status
    assert words in page.text
    # Session and visitor, before the view failed; nothing for drawing the page.
    assert [query["sql"].split(" FROM ")[-1].split()[0] for query in queries] == [
        '"django_session"',
        '"workspace_people_person"',
    ]


def test_a_database_that_is_away_before_any_view_runs_is_503_too(client: Client, mara: Person) -> None:
    client.force_login(mara)
    client.raise_request_exception = False

    with mock.patch("django.contrib.sessions.backends.db.SessionStore.load", side_effect=OperationalError("refused")):
        page = client.get("/keys/")

    assert page.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert page["Retry-After"] == "10"


def test_a_form_without_its_token_is_asked_for_again(mara: Person) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(mara)

    page = strict.post("/settings/theme/", {"theme": "dark"})

    assert page.status_code == HTTPStatus.FORBIDDEN
    assert "Please send it again" in page.text
