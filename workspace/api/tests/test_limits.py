"""One caller may call so often a minute, whichever process answers; each token has a minute of its own."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from workspace.api import limits
from workspace.api.models import CallCount
from workspace.api.options import CALLS_OF_SESSION, CALLS_OF_TOKEN
from workspace.api.tests.client import ROOT, Caller, told
from workspace.options import actions as options
from workspace.people.models import Person

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 17, 12, tzinfo=UTC)
ME = f"{ROOT}users/me/"


@pytest.fixture
def traveller() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ten(traveller: time_machine.Traveller) -> None:
    """Tokens may call ten times a minute, sessions eleven times."""
    options.change(CALLS_OF_TOKEN, 10, by=None, at=NOON)
    options.change(CALLS_OF_SESSION, 11, by=None, at=NOON)


def test_each_answer_tells_what_is_left(caller: Caller, traveller: time_machine.Traveller) -> None:
    caller.get("users/")
    traveller.shift(15)
    answers = [caller.client.get(ME), caller.client.get(f"{ROOT}users/0/")]

    told_so = [[answer[f"RateLimit-{part}"] for part in ("Limit", "Remaining", "Reset")] for answer in answers]
    assert told_so == [["600", "598", "45"], ["600", "597", "45"]]


@pytest.mark.usefixtures("ten")
def test_one_call_too_many_is_told_when_to_come_again(caller: Caller, traveller: time_machine.Traveller) -> None:
    for _call in range(10):
        caller.get("users/me/")
    traveller.shift(18)

    refusal = caller.client.get(ME)

    assert "10 calls a minute are possible. Come again in 42 seconds." in str(
        told(refusal, HTTPStatus.TOO_MANY_REQUESTS)
    )
    assert (refusal["Retry-After"], refusal["RateLimit-Remaining"]) == ("42", "0")
    traveller.shift(42)
    assert told(caller.client.get(ME), HTTPStatus.OK)["email"] == caller.person.email


@pytest.mark.usefixtures("ten")
def test_each_token_and_each_session_has_a_minute_of_its_own(caller: Caller, sami: Person) -> None:
    browser = Client()
    browser.force_login(sami)
    for _call in range(10):
        caller.get("users/me/")

    assert Caller(sami).client.get(ME)["RateLimit-Remaining"] == "9"
    assert browser.get(ME)["RateLimit-Remaining"] == "10"
    assert caller.client.get(ME).status_code == HTTPStatus.TOO_MANY_REQUESTS


@pytest.mark.usefixtures("ten")
def test_the_schema_counts_too(caller: Caller) -> None:
    for _call in range(10):
        caller.get("users/me/")

    told(caller.client.get(f"{ROOT}schema/"), HTTPStatus.TOO_MANY_REQUESTS)


def test_who_does_not_come_in_is_not_counted() -> None:
    told(Client().get(ME), HTTPStatus.UNAUTHORIZED)

    assert not CallCount.objects.exists()


@pytest.mark.parametrize("calls", [0, 9, 100_001])
def test_nobody_can_close_the_api_by_a_limit(calls: int) -> None:
    with pytest.raises(ValidationError):
        options.change(CALLS_OF_TOKEN, calls, by=None, at=NOON)


def test_counting_costs_one_statement_and_no_transaction_log(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        assert limits.count("token:1", CALLS_OF_TOKEN, now=NOON).left == 599

    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = %s", [CallCount._meta.db_table])
        assert cursor.fetchone() == ("u",)


@pytest.mark.django_db(transaction=True)
def test_calls_at_the_same_time_are_all_counted() -> None:
    def calls(_thread: int) -> None:
        try:
            for number in range(25):
                limits.count("token:1", CALLS_OF_TOKEN, now=NOON + timedelta(seconds=number))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(calls, range(4)))

    assert CallCount.objects.get().calls == 100
