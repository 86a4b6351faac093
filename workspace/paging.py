"""Paging by key: a page costs the same at any depth, with equal values and NULLs, and never counts the table.

The order is the sort column's values with the primary key as the tie-breaker, then the rows without a value. A page is
at most two bounded queries, the values and then the NULLs. An index on `(column, id)` serves both directions.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Generic, NamedTuple, TypeVar

from django.core import signing
from django.core.exceptions import ValidationError
from django.db import OperationalError, connections, transaction
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from psycopg.errors import QueryCanceled

Row = TypeVar("Row", bound=Model)

# What a sort column may hold, and the way of each type through JSON and back. A bool is an int there.
_TYPES: Final[dict[str, tuple[type, Callable[[Any], object], Callable[[Any], Any]]]] = {
    "t": (dt.datetime, dt.datetime.isoformat, dt.datetime.fromisoformat),
    "d": (dt.date, dt.date.isoformat, dt.date.fromisoformat),
    "n": (Decimal, str, Decimal),
    "f": (float, float.hex, float.fromhex),
    "i": (int, int, int),
    "s": (str, str, str),
}


class BadCursor(ValidationError):
    """The cursor was not made here, or for a list in another order. Pages and API answer it with 400."""

    def __init__(self) -> None:
        super().__init__({"cursor": _("This place in the list is not known here. Start again from the top.")})


class _Place(NamedTuple):
    """Where a page begins: beside which row, and on which side of it."""

    backward: bool
    value: Any
    pk: int


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Rows in order, and the cursors of the pages around them; None where the list ends."""

    items: list[Row]
    next: str | None
    previous: str | None


@dataclass(frozen=True)
class Count:
    """How many there are: exactly, at least (`exact` is false), or nobody could say in time (`number` is None)."""

    number: int | None
    exact: bool


class Keyset(Generic[Row]):
    """A list in a fixed order that is read page by page.

    `sort` is a column or annotation of the row, with "-" for descending; `nullable` says whether it holds NULLs, which
    stand at the end in both directions. The queryset's own ordering is replaced.
    """

    def __init__(self, queryset: QuerySet[Row], *, sort: str, nullable: bool, size: int = 50) -> None:
        self._queryset = queryset
        self._sort = sort
        self._column = sort.removeprefix("-")
        self._descending = sort.startswith("-")
        self._nullable = nullable
        self._size = size
        # Signed, so that nothing but a value that stood in this list reaches the database.
        self._signer = signing.Signer(sep="~", salt=f"workspace.paging.{sort}")

    def page(self, cursor: str | None = None) -> Page[Row]:
        """The page at `cursor`, or the first one. Costs one query, or two around the first row without a value.

        Raises:
            BadCursor: it was not made by a list in this order.
        """
        place = self._read(cursor) if cursor else None
        backward = place is not None and place.backward
        rows = self._rows(place, backward=backward, limit=self._size + 1)
        more = len(rows) > self._size
        rows = rows[: self._size]
        if backward:
            rows.reverse()
        if not rows:
            # The rows behind the cursor went away: walking back ends at the top, walking on ends here.
            return self.page() if backward else Page([], None, None)
        return Page(
            items=rows,
            next=self._write(rows[-1], backward=False) if more or backward else None,
            previous=self._write(rows[0], backward=True) if (more if backward else place) else None,
        )

    def place_of(self, row: Row) -> str:
        """Where `row` stands, as a cursor: the page there begins behind it."""
        return self._write(row, backward=False)

    def page_before(self, cursor: str) -> str:
        """The cursor of the page that ends before the place where a row stood.

        Raises:
            BadCursor: it was not made by a list in this order.
        """
        _backward, kind, stored, pk = self._unsigned(cursor)
        return self._signer.sign_object([1, kind, stored, pk])

    def around(self, cursor: str) -> tuple[Row | None, Row | None]:
        """The rows before and behind the place where a row stood, wherever that row is now.

        Costs two queries, and one more at the first row without a value and at the end of the list.

        Raises:
            BadCursor: it was not made by a list in this order.
        """
        place = self._read(cursor)
        before, behind = (self._rows(place, backward=backward, limit=1) for backward in (True, False))
        return next(iter(before), None), next(iter(behind), None)

    def count_before(self, cursor: str) -> Count:
        """How many rows stand before the place, as `count` counts them. Costs one query, or two for a row without a value.

        Raises:
            BadCursor: it was not made by a list in this order.
        """
        place = self._read(cursor)
        values = count(self._values(place, backward=True))
        if not self._nullable or place.value is not None or not values.exact:
            return values
        nulls = count(self._nulls(place, backward=True))
        number = None if nulls.number is None else (values.number or 0) + nulls.number
        return Count(number, exact=nulls.exact)

    def _rows(self, place: _Place | None, *, backward: bool, limit: int) -> list[Row]:
        """Up to `limit` rows, beginning beside `place`, in walking order."""
        sections = [self._values]
        if self._nullable:
            sections.append(self._nulls)
        if backward:
            sections.reverse()
        rows: list[Row] = []
        for section in sections:
            if len(rows) < limit:
                rows += section(place, backward)[: limit - len(rows)]
        return rows

    def _values(self, place: _Place | None, backward: bool) -> QuerySet[Row]:
        falling = self._descending is not backward
        direction = "-" if falling else ""
        rows = self._queryset.order_by(f"{direction}{self._column}", f"{direction}pk")
        if place is None or (place.value is None and backward):
            return rows.filter(**{f"{self._column}__isnull": False}) if self._nullable else rows
        if place.value is None:
            return rows.none()
        side = "lt" if falling else "gt"
        return rows.filter(
            Q(**{f"{self._column}__{side}": place.value}) | Q(**{f"pk__{side}": place.pk}),
            **{f"{self._column}__{side}e": place.value},
        )

    def _nulls(self, place: _Place | None, backward: bool) -> QuerySet[Row]:
        falling = self._descending is not backward
        rows = self._queryset.filter(**{f"{self._column}__isnull": True}).order_by("-pk" if falling else "pk")
        if place is None or (place.value is not None and not backward):
            return rows
        if place.value is not None:
            return rows.none()
        return rows.filter(**{"pk__lt" if falling else "pk__gt": place.pk})

    def _write(self, row: Row, *, backward: bool) -> str:
        value = getattr(row, self._column)
        kind, stored = _stored(value)
        return self._signer.sign_object([int(backward), kind, stored, row.pk])

    def _read(self, cursor: str) -> _Place:
        backward, kind, stored, pk = self._unsigned(cursor)
        return _Place(bool(backward), _TYPES[kind][2](stored) if kind else None, pk)

    def _unsigned(self, cursor: str) -> tuple[int, str, Any, int]:
        try:
            backward, kind, stored, pk = self._signer.unsign_object(cursor)
        except signing.BadSignature:
            raise BadCursor from None
        return backward, kind, stored, pk


def _stored(value: object) -> tuple[str, object]:
    """A value as JSON holds it, with the letter of its type; no letter for None."""
    if value is None:
        return "", None
    for kind, (type_, dump, _load) in _TYPES.items():
        if isinstance(value, type_):
            return kind, dump(value)
    raise TypeError(f"A list cannot be paged by {type(value).__name__}.")


def count(queryset: QuerySet[Any], *, cap: int = 10_000, within_ms: int = 300) -> Count:
    """Count up to `cap` rows under a statement timeout, so that no page waits for a number."""
    capped = queryset.order_by()[: cap + 1]
    try:
        with transaction.atomic(using=queryset.db), statement_timeout(queryset.db, within_ms):
            number = capped.count()
    except OperationalError as error:
        if not isinstance(error.__cause__, QueryCanceled):
            raise
        return Count(None, exact=False)
    return Count(min(number, cap), exact=number <= cap)


@contextmanager
def statement_timeout(using: str, milliseconds: int) -> Iterator[None]:
    """Cancel statements of the current transaction that take longer; the former limit returns afterwards."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('statement_timeout'), set_config('statement_timeout', %s, true)",
            [f"{milliseconds}ms"],
        )
        former = cursor.fetchone()[0]
        # After an error nothing is put back: the rollback to the savepoint does that.
        yield
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [former])
