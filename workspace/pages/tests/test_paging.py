"""Paging by key: every row once and in order, whatever values are equal or missing, in both directions."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.db.models import DecimalField, F, QuerySet
from django.db.models.functions import Cast, Mod
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from workspace import paging
from workspace.paging import BadCursor, Keyset
from workspace.people.models import Person

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2026, 11, 17, 12, tzinfo=dt.UTC)


def people(*seen: dt.datetime | None, name: str = "Mara Lindholm") -> None:
    """One person for each value of the sort column `last_login`."""
    Person.objects.bulk_create(
        Person(email=f"p{number}@fennmark.example", name=name, last_login=value) for number, value in enumerate(seen)
    )


def walk(keyset: Keyset[Person]) -> list[list[int]]:
    """Primary keys page by page to the end; checks that walking back shows the same pages."""
    page = keyset.page()
    pages = [page]
    while page.next:
        page = keyset.page(page.next)
        pages.append(page)
    back = [page]
    while page.previous:
        page = keyset.page(page.previous)
        back.append(page)
    assert [page.items for page in reversed(back)] == [page.items for page in pages]
    return [[person.pk for person in page.items] for page in pages]


def expected(sort: str, size: int) -> list[list[int]]:
    """What slicing a sorted list gives: values in the direction of the sort, then the rows without one."""
    descending = sort.startswith("-")
    rows = list(Person.objects.values_list("last_login", "pk"))
    valued = sorted((row for row in rows if row[0] is not None), reverse=descending)
    empty = sorted((row for row in rows if row[0] is None), key=lambda row: row[1], reverse=descending)
    keys = [pk for _value, pk in [*valued, *empty]]
    return [keys[start : start + size] for start in range(0, len(keys), size)] or [[]]


@pytest.mark.parametrize("sort", ["last_login", "-last_login"])
def test_each_row_knows_who_stands_around_it_and_how_many_before(sort: str) -> None:
    people(*[NOON] * 3, None, NOON + dt.timedelta(hours=1), None, None)
    order = [pk for (pk,) in expected(sort, 1)]
    keyset = Keyset(Person.objects.all(), sort=sort, nullable=True, size=2)

    for number, (before, pk, behind) in enumerate(zip([None, *order], order, [*order[1:], None], strict=False)):
        place = keyset.place_of(Person.objects.get(pk=pk))
        assert [one.pk if one else None for one in keyset.around(place)] == [before, behind]
        assert keyset.count_before(place) == paging.Count(number, exact=True)


def test_a_place_stays_when_its_row_goes_elsewhere() -> None:
    people(*[NOON + dt.timedelta(hours=hour) for hour in range(3)])
    first, second, third = Person.objects.order_by("last_login")
    keyset = Keyset(Person.objects.all(), sort="last_login", nullable=True)
    place = keyset.place_of(second)

    Person.objects.filter(pk=second.pk).update(last_login=None)

    assert keyset.around(place) == (first, third)
    with pytest.raises(BadCursor):
        keyset.around("made up")
    with pytest.raises(BadCursor):
        Keyset(Person.objects.all(), sort="name", nullable=False).count_before(place)


@pytest.mark.parametrize("sort", ["last_login", "-last_login"])
def test_three_thousand_equal_values_and_as_many_nulls_come_once_each_in_order(sort: str) -> None:
    people(*[NOON] * 3000, *[None] * 3000)

    pages = walk(Keyset(Person.objects.all(), sort=sort, nullable=True, size=400))

    assert pages == expected(sort, 400)


@pytest.mark.parametrize("sort", ["last_login", "-last_login"])
@given(
    minutes=st.lists(st.one_of(st.none(), st.integers(0, 3)), max_size=14),
    size=st.integers(1, 5),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_pages_are_the_slices_of_the_sorted_list(sort: str, minutes: list[int | None], size: int) -> None:
    Person.objects.all().delete()
    people(*(None if minute is None else NOON + dt.timedelta(minutes=minute) for minute in minutes))

    assert walk(Keyset(Person.objects.all(), sort=sort, nullable=True, size=size)) == expected(sort, size)


def by_name() -> QuerySet[Person]:
    return Person.objects.all()


def by_share() -> QuerySet[Person]:
    share = Cast(Mod(F("pk"), 3), DecimalField(max_digits=5, decimal_places=2)) / Decimal("4")
    return Person.objects.annotate(share=share)


@pytest.mark.parametrize(
    ("queryset", "sort"),
    [(by_name, "name"), (by_name, "-name"), (by_share, "share"), (by_share, "-share"), (by_name, "-pk")],
    ids=["text", "text falling", "decimal annotation", "decimal annotation falling", "the key itself"],
)
def test_columns_of_every_type_without_nulls_page_alike(queryset: Callable[[], QuerySet[Person]], sort: str) -> None:
    people(*[None] * 5, name="Øystein ~Å “Nordby”, 北")
    Person.objects.filter(email__startswith="p1").update(name="Anke")

    pages = walk(Keyset(queryset(), sort=sort, nullable=False, size=2))

    column, falling = sort.removeprefix("-"), sort.startswith("-")
    rows: list[Any] = sorted(queryset(), key=lambda row: (getattr(row, column), row.pk), reverse=falling)
    assert [pk for page in pages for pk in page] == [row.pk for row in rows]
    assert [len(page) for page in pages] == [2, 2, 1]


def test_a_page_costs_one_query_and_two_around_the_first_row_without_a_value(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    people(NOON, NOON, NOON, None, None, None, None)
    keyset = Keyset(Person.objects.all(), sort="-last_login", nullable=True, size=2)

    with django_assert_num_queries(1):  # values only
        first = keyset.page()
    with django_assert_num_queries(2):  # the last value, then the first NULL
        second = keyset.page(first.next)
    with django_assert_num_queries(1):  # NULLs only
        third = keyset.page(second.next)

    assert [len(page.items) for page in (first, second, third)] == [2, 2, 2]


def test_no_query_is_an_or_over_values_and_nulls() -> None:
    people(NOON, None)
    keyset = Keyset(Person.objects.all(), sort="-last_login", nullable=True, size=1)

    with connection.execute_wrapper(seen := Seen()):
        keyset.page(keyset.page().next)

    assert seen.statements
    assert not [sql for sql in seen.statements if "IS NULL" in sql and " OR " in sql]


class Seen:
    """Collects the statements that are run."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self.statements.append(sql)
        return execute(sql, params, many, context)


@pytest.mark.parametrize("cursor", ["nonsense", "~", "WzAsImkiLDEsMV0~x", "\x00", "9" * 5000])
def test_a_cursor_that_was_not_made_here_is_refused(cursor: str) -> None:
    with pytest.raises(BadCursor):
        Keyset(Person.objects.all(), sort="name", nullable=False).page(cursor)


def test_a_cursor_of_a_list_in_another_order_is_refused() -> None:
    people(NOON, NOON)
    cursor = Keyset(Person.objects.all(), sort="name", nullable=False, size=1).page().next

    with pytest.raises(BadCursor):
        Keyset(Person.objects.all(), sort="-name", nullable=False, size=1).page(cursor)


def test_walking_back_over_rows_that_went_away_ends_at_the_top() -> None:
    people(NOON, NOON, NOON)
    keyset = Keyset(Person.objects.all(), sort="last_login", nullable=True, size=1)
    second = keyset.page(keyset.page().next)
    Person.objects.filter(pk__lt=second.items[0].pk).delete()

    page = keyset.page(second.previous)

    assert page.items == second.items
    assert page.previous is None


def test_walking_on_over_rows_that_went_away_ends() -> None:
    people(NOON, NOON)
    keyset = Keyset(Person.objects.all(), sort="last_login", nullable=True, size=1)
    cursor = keyset.page().next
    Person.objects.all().delete()

    assert keyset.page(cursor) == paging.Page([], None, None)


def test_a_count_is_exact_to_its_cap_and_open_beyond() -> None:
    people(*[NOON] * 5)

    assert paging.count(Person.objects.all(), cap=5) == paging.Count(5, exact=True)
    assert paging.count(Person.objects.all(), cap=4) == paging.Count(4, exact=False)


def test_a_count_that_takes_too_long_is_given_up_and_the_former_limit_returns() -> None:
    slow = Person.objects.extra(where=["pg_sleep(0.2) IS NOT NULL"])
    people(NOON)

    assert paging.count(slow, within_ms=20) == paging.Count(None, exact=False)
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)
    assert paging.count(slow, within_ms=2000) == paging.Count(1, exact=True)


def test_another_error_of_the_database_is_not_taken_for_a_slow_count() -> None:
    broken = Person.objects.extra(where=["pg_advisory_lock(1 / 0) IS NULL"])
    people(NOON)

    with pytest.raises(Exception, match="division by zero") as caught:
        paging.count(broken)

    assert not isinstance(caught.value, OperationalError)
