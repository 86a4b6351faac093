"""`/healthz`: for monitors, without a session, and about the database above all."""

import pytest
from django.db import OperationalError, connection
from django.test import Client
from kombu.exceptions import OperationalError as BrokerIsAway
from pytest_django import DjangoAssertNumQueries

from smarketing.celery import app


@pytest.mark.django_db
def test_it_says_ok_to_anybody_for_one_query_and_without_a_session(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):  # SELECT 1
        answer = client.get("/healthz")

    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "database": "ok", "broker": "ok"}
    assert "no-store" in answer["Cache-Control"]
    assert not answer.cookies


def test_without_the_database_it_says_503(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise OperationalError("the server is away")

    monkeypatch.setattr(connection, "cursor", refuse)

    answer = client.get("/healthz")

    assert answer.status_code == 503
    assert answer.json() == {"status": "down", "database": "unreachable", "broker": "ok"}


@pytest.mark.django_db
@pytest.mark.parametrize("error", [OSError, BrokerIsAway])
def test_without_the_broker_it_says_so_with_200(
    client: Client, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def refuse(**_options: object) -> None:
        raise error("the broker is away")

    monkeypatch.setattr(app, "connection_for_write", refuse)

    answer = client.get("/healthz")

    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "database": "ok", "broker": "unreachable"}


@pytest.mark.django_db
def test_it_only_reads(client: Client) -> None:
    assert client.post("/healthz").status_code == 405
