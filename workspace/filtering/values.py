"""Filters by what rows hold: texts, choices, moments, days and amounts."""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar, Literal

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from workspace.filtering.base import Filter, Rows, Words

# A "+" that nobody encoded reaches us as a space: 2026-11-22T10:00:00 02:00
_LOST_PLUS = re.compile(r"(T\S+) (\d\d:?\d\d)\Z")
MOST_DAYS_DIGITS = 6


class TextFilter(Filter):
    """Rows whose `column` is this text, by `lookup`."""

    def __init__(self, label: Words, column: str, *, lookup: str = "iexact", **options: Any) -> None:
        super().__init__(label, **options)
        self._lookup = f"{column}__{lookup}"

    def narrow(self, rows: Rows, value: Any) -> Rows:
        return rows.filter(**{self._lookup: value})


class SearchFilter(Filter):
    """Rows that the queryset's own `matching(text)` finds."""

    def narrow(self, rows: Any, value: str) -> Rows:
        found: Rows = rows.matching(value)
        return found


class ChoiceFilter(Filter):
    """Rows by a choice; `by` answers the condition of each. Several choices are all demanded where `demand_all` says so."""

    def __init__(
        self,
        label: Words,
        choices: Mapping[str, Words],
        by: Callable[[str], Q],
        *,
        demand_all: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(label, **options)
        self.choices, self._by, self._demand_all = choices, by, demand_all

    @property
    def schema(self) -> Mapping[str, Any]:  # type: ignore[override]  # the choices of this very filter
        return {"type": "string", "enum": list(self.choices)}

    def read(self, text: str) -> str:
        if text not in self.choices:
            raise ValidationError(
                _("“%(given)s” is none of %(choices)s.") % {"given": text[:80], "choices": ", ".join(self.choices)}
            )
        return text

    def narrow(self, rows: Rows, value: Any) -> Rows:
        condition = Q()
        for choice in value if self.many else [value]:
            condition = condition & self._by(choice) if self._demand_all else condition | self._by(choice)
        return rows.filter(condition)

    def say(self, value: str) -> str:
        return str(self.choices[value])

    def words(self, value: Any) -> str:
        if self.many and self._demand_all:
            return ", ".join(self.say(one) for one in value)
        return super().words(value)


class MomentFilter(Filter):
    """Rows after or before an instant; a day counts whole, in the reader's zone, and both ends belong to the range."""

    schema: ClassVar[Mapping[str, Any]] = {
        "anyOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}]
    }

    def __init__(self, label: Words, column: str, edge: Literal["after", "before"], **options: Any) -> None:
        super().__init__(label, **options)
        self._column, self._edge = column, edge

    def read(self, text: str) -> dt.datetime | dt.date:
        moment: dt.datetime | dt.date | None
        try:
            moment = parse_date(text) or parse_datetime(_LOST_PLUS.sub(r"\1+\2", text))
        except ValueError:  # it has the form, and is no day
            moment = None
        if moment is None:
            raise ValidationError(_("“%s” is no date, as 2026-11-22 or 2026-11-22T09:00:00Z is.") % text[:40])
        if moment.year in (dt.MINYEAR, dt.MAXYEAR):
            raise ValidationError(_("“%s” is too far away.") % text[:40])
        if not isinstance(moment, dt.datetime):
            return moment
        aware = timezone.make_aware(moment) if timezone.is_naive(moment) else moment
        return aware.astimezone(dt.UTC)  # an offset of sixteen hours is none for the database

    def narrow(self, rows: Rows, value: dt.datetime | dt.date) -> Rows:
        is_day = not isinstance(value, dt.datetime)
        if self._edge == "after":
            return rows.filter(**{f"{self._column}__gte": day_start(value) if is_day else value})
        if is_day:
            return rows.filter(**{f"{self._column}__lt": day_start(value + dt.timedelta(days=1))})
        return rows.filter(**{f"{self._column}__lte": value})

    def say(self, value: dt.datetime | dt.date) -> str:
        if isinstance(value, dt.datetime):
            return date_format(timezone.localtime(value), "DATETIME_FORMAT")
        return date_format(value, "DATE_FORMAT")


class DaysFilter(Filter):
    """Rows whose `column` lies within the last so many days."""

    schema: ClassVar[Mapping[str, Any]] = {"type": "integer", "minimum": 1, "maximum": 3_650}

    def __init__(self, label: Words, column: str, **options: Any) -> None:
        super().__init__(label, **options)
        self._column = column

    def read(self, text: str) -> int:
        days = int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DAYS_DIGITS else 0
        if not self.schema["minimum"] <= days <= self.schema["maximum"]:
            raise ValidationError(_("“%s” is no number of days from 1 to 3650.") % text[:40])
        return days

    def narrow(self, rows: Rows, value: int) -> Rows:
        return rows.filter(**{f"{self._column}__gte": timezone.now() - dt.timedelta(days=value)})

    def say(self, value: int) -> str:
        return _("in the last %d days") % value


MOST_WHOLE_DIGITS = MOST_DECIMALS = 12


class AmountFilter(Filter):
    """Rows whose `column` is at least or at most this amount."""

    schema: ClassVar[Mapping[str, Any]] = {"type": "number"}

    def __init__(self, label: Words, column: str, edge: Literal["min", "max"], **options: Any) -> None:
        super().__init__(label, **options)
        self._lookup = f"{column}__{'gte' if edge == 'min' else 'lte'}"

    def read(self, text: str) -> Decimal:
        try:
            amount = Decimal(text)
        except InvalidOperation:
            amount = Decimal("NaN")
        # Its digits are counted rather than compared: arithmetic fails on 1e999999999.
        is_sensible = amount.is_finite() and amount.adjusted() < MOST_WHOLE_DIGITS
        if not is_sensible or int(amount.as_tuple().exponent) < -MOST_DECIMALS:
            raise ValidationError(_("“%s” is no amount.") % text[:40])
        return amount

    def narrow(self, rows: Rows, value: Decimal) -> Rows:
        return rows.filter(**{self._lookup: value})

    def say(self, value: Decimal) -> str:
        return number_format(value, use_l10n=True, force_grouping=True)


def day_start(day: dt.date, zone: dt.tzinfo | None = None) -> dt.datetime:
    """The first instant of a day in `zone`, else in the active one."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min), zone)
