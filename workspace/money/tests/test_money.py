"""Money: rates by their day, never guessed. Otto administers, Mara sells."""

from datetime import date
from decimal import Decimal
from http import HTTPStatus

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from pytest_django import DjangoAssertNumQueries

from workspace.journal.models import JournalEntry
from workspace.money import actions
from workspace.money.conversion import to_base
from workspace.money.models import ExchangeRate
from workspace.people.models import Person
from workspace.tests.moments import NOW

pytestmark = pytest.mark.django_db

JULY, OCTOBER = date(2026, 7, 1), date(2026, 10, 1)


@pytest.fixture
def dollars() -> None:
    for day, rate in ((JULY, "0.90"), (OCTOBER, "0.80")):
        actions.save_rate(
            ExchangeRate(), {"currency": "USD", "valid_from": day, "rate": Decimal(rate)}, by=None, at=NOW
        )


@pytest.mark.usefixtures("dollars")
@pytest.mark.parametrize(
    ("on", "worth"),
    [
        (date(2026, 6, 30), None),
        (JULY, "90.00"),
        (date(2026, 9, 30), "90.00"),
        (OCTOBER, "80.00"),
        (date(2030, 1, 1), "80.00"),
    ],
)
def test_the_newest_rate_not_after_the_day_counts(on: date, worth: str | None) -> None:
    assert to_base(Decimal(100), "USD", on) == (None if worth is None else Decimal(worth))


def test_an_unknown_currency_has_no_worth_rather_than_a_guessed_one() -> None:
    assert to_base(Decimal(100), "CHF", JULY) is None


def test_nothing_is_worth_nothing(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        assert to_base(None, "USD", JULY) is None


@pytest.mark.parametrize(("amount", "worth"), [("0.125", "0.12"), ("0.135", "0.14"), ("12.3", "12.30")])
def test_cents_are_rounded_half_to_the_even_one(amount: str, worth: str) -> None:
    assert str(to_base(Decimal(amount), "EUR", JULY)) == worth


class TestSums(TestCase):
    """Over all amounts that a deal may have."""

    @given(st.decimals(0, 999_999_999_999, places=2))
    def test_the_own_currency_stays_as_it_is(self, amount: Decimal) -> None:
        assert to_base(amount, "EUR", JULY) == amount


@pytest.mark.usefixtures("dollars")
def test_one_rate_a_currency_and_day() -> None:
    with pytest.raises(ValidationError, match="already exists"):
        actions.save_rate(ExchangeRate(), {"currency": "usd", "valid_from": JULY, "rate": Decimal(1)}, by=None, at=NOW)


@pytest.mark.parametrize("rate", ["0", "-1"])
def test_a_rate_is_positive(rate: str) -> None:
    with pytest.raises(ValidationError):
        actions.save_rate(
            ExchangeRate(), {"currency": "USD", "valid_from": JULY, "rate": Decimal(rate)}, by=None, at=NOW
        )


def test_reps_keep_no_rates(mara: Person) -> None:
    with pytest.raises(PermissionDenied):
        actions.save_rate(ExchangeRate(), {"currency": "USD", "valid_from": JULY, "rate": Decimal(1)}, by=mara, at=NOW)


def test_the_administration_saves_and_deletes_by_the_actions(as_otto: Client) -> None:
    added = as_otto.post(
        reverse("admin:workspace_money_exchangerate_add"),
        {"currency": "USD", "valid_from": "2026-07-01", "rate": "0.9"},
    )
    assert added.status_code == HTTPStatus.FOUND
    rate = ExchangeRate.objects.get()
    assert rate.currency == "USD"

    as_otto.post(reverse("admin:workspace_money_exchangerate_delete", args=[rate.pk]), {"post": "yes"})

    assert not ExchangeRate.objects.exists()
    told = [(entry.verb, str(entry.line)) for entry in JournalEntry.objects.order_by("pk")]
    assert told == [("rate.set", "set USD to 0.9"), ("rate.removed", "removed the rate of USD from 2026-07-01")]
