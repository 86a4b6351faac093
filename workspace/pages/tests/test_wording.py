"""Numbers, money, moments and durations read as on the pages of the standard."""

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from workspace.pages import wording
from workspace.paging import Count

BERLIN = ZoneInfo("Europe/Berlin")
NOW = dt.datetime(2026, 11, 17, 10, 0, tzinfo=BERLIN)  # a Tuesday


@pytest.fixture(autouse=True)
def reader_in_berlin() -> object:
    with timezone.override(BERLIN):
        yield


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "under a minute"),
        (59, "under a minute"),
        (34 * 60, "34 min"),
        (2 * 3600 + 36 * 60, "2 h 36 min"),
        (3 * 3600 + 7 * 60 + 59, "3 h 07 min"),
        (2 * 3600, "2 h"),
        (18 * 3600 + 40 * 60, "18 h"),
        (3 * 86400 + 4 * 3600, "3 d 4 h"),
        (5 * 86400 + 59 * 60, "5 d"),
        (41 * 86400 + 5 * 3600, "41 d"),
    ],
)
def test_a_duration_names_two_units_while_the_smaller_one_matters(seconds: int, words: str) -> None:
    assert wording.duration(seconds) == words
    assert wording.duration(dt.timedelta(seconds=seconds)) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (dt.datetime(2026, 11, 17, 10, 12, tzinfo=dt.UTC), "today 11:12"),
        (dt.datetime(2026, 11, 17, 23, 30, tzinfo=dt.UTC), "tomorrow 00:30"),
        (dt.datetime(2026, 11, 16, 22, 59, tzinfo=dt.UTC), "yesterday"),
        (dt.date(2026, 11, 17), "today"),
        (dt.date(2026, 11, 18), "tomorrow"),
        (dt.date(2026, 11, 19), "Thu 19"),
        (dt.datetime(2026, 11, 24, 9, tzinfo=BERLIN), "Tue 24"),
        (dt.date(2026, 11, 10), "Tue 10"),
        (dt.date(2026, 11, 25), "25 Nov"),
        (dt.date(2026, 10, 8), "8 Oct"),
        (dt.date(2025, 10, 8), "8 Oct 2025"),
    ],
)
def test_a_moment_is_told_in_the_readers_zone_and_as_short_as_is_clear(value: dt.date, words: str) -> None:
    assert wording.moment(value, NOW) == words


@pytest.mark.parametrize(
    ("passed", "age", "ago"),
    [
        (dt.timedelta(minutes=-3), "now", "just now"),
        (dt.timedelta(seconds=59), "now", "just now"),
        (dt.timedelta(minutes=9), "9 min", "9 min ago"),
        (dt.timedelta(hours=23, minutes=59), "23 h", "23 h ago"),
        (dt.timedelta(days=41), "41 d", "41 d ago"),
        (dt.timedelta(days=100), "9 Aug", "9 Aug"),
    ],
)
def test_an_age_has_one_unit_until_the_date_says_more(passed: dt.timedelta, age: str, ago: str) -> None:
    assert wording.age(NOW - passed, NOW) == age
    assert wording.ago(NOW - passed, NOW) == ago


def test_the_exact_moment_names_day_time_and_zone() -> None:
    assert wording.exactly(dt.datetime(2026, 7, 1, 10, 12, 5, tzinfo=dt.UTC)) == "Wednesday 1 July 2026, 12:12:05 CEST"
    assert wording.exactly(dt.date(2026, 7, 1)) == "Wednesday 1 July 2026"


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        (Decimal("48000.00"), "EUR", "€48,000"),
        (Decimal("10005534"), "USD", "$10,005,534"),
        (Decimal("1250.5"), "CHF", "CHF\N{NO-BREAK SPACE}1,250.50"),
        (Decimal("-9.99"), "GBP", "−£9.99"),
        (Decimal(0), "EUR", "€0"),
    ],
)
def test_money_shows_cents_only_where_there_are_any(amount: Decimal, currency: str, words: str) -> None:
    assert wording.money(amount, currency) == words


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0"),
        (1257, "1,257"),
        (Count(10_000, exact=True), "10,000"),
        (Count(10_000, exact=False), "10,000+"),
        (Count(None, exact=False), "many"),
    ],
)
def test_a_count_says_when_it_is_not_the_whole_number(count: Count | int, words: str) -> None:
    assert wording.counted(count) == words
