"""Filters that pages and API share: each reads its values, narrows a list by them, and says them in words for a chip."""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar, Literal

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from workspace.people.models import Person

Words = str | Promise
Rows = QuerySet[Any]
# A filter with more values than this is a mistake, or somebody trying what a long query costs.
MOST_VALUES = 50
MOST_DIGITS = 18  # of an id: what a bigint holds in any case
# A "+" that nobody encoded reaches us as a space: 2026-11-22T10:00:00 02:00
_LOST_PLUS = re.compile(r"(T\S+) (\d\d:?\d\d)\Z")


@dataclass(frozen=True)
class Chip:
    """One filter in use: its label, its values in words, and the address of the list without it.

    `url_without` is a query string to be put behind the list's path. A filter whose value does not fit has an `error`, and
    shows the value as it was given.
    """

    name: str
    label: str
    words: str
    url_without: str
    error: str = ""


class Given(forms.Field):
    """The values given for one filter, each read by `read`; the last one where the filter takes a single value."""

    widget = forms.MultipleHiddenInput

    def __init__(self, read: Callable[[str], Any], *, many: bool, **options: Any) -> None:
        super().__init__(required=False, **options)
        self._read, self._many = read, many

    def clean(self, value: Any) -> Any:
        texts = [value] if isinstance(value, str) else list(value or [])
        texts = list(dict.fromkeys(text.strip() for text in texts if text.strip()))
        if len(texts) > MOST_VALUES:
            raise ValidationError(_("Up to %d values are possible at once.") % MOST_VALUES)
        if any("\x00" in text for text in texts):
            raise ValidationError(_("This is not a text."))
        if not texts:
            return None
        return [self._read(text) for text in texts] if self._many else self._read(texts[-1])


class Filter(django_filters.Filter):  # type: ignore[misc]  # django-filter has no types
    """A filter by what its class reads; `many` values are joined by "or". `schema` describes one value for the API."""

    schema: ClassVar[Mapping[str, Any]] = {"type": "string"}

    def __init__(self, label: Words, *, help_text: Words = "", many: bool = False) -> None:
        super().__init__(label=label)
        self.help_text, self.many = help_text, many

    @property
    def field(self) -> Given:
        return Given(self.read, many=self.many, label=self.label)

    @property
    def person(self) -> Person | None:
        """Who asks; None where nobody does."""
        request = self.parent.request
        return request.user if request is not None and isinstance(request.user, Person) else None

    def filter(self, rows: Rows, value: Any) -> Rows:
        return rows if value is None else self.narrow(rows, value)

    def read(self, text: str) -> Any:
        """The value that `text` means.

        Raises:
            ValidationError: none; with a sentence for whoever asked.
        """
        return text

    def narrow(self, rows: Rows, value: Any) -> Rows:
        """`rows` that fit the value, or the list of values where the filter takes several; rows stay single."""
        raise NotImplementedError

    def say(self, value: Any) -> str:
        """One value in words."""
        return str(value)

    def words(self, value: Any) -> str:
        """All values in words."""
        return joined([self.say(one) for one in value]) if self.many else self.say(value)


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


class RecordFilter(Filter):
    """Rows that refer by `column` to a record, which is given by its id or by what it is called.

    Digits alone are an id first, so that a link with an id never means a record with that name. `find` answers None for an
    unknown one. Costs one query a value, two where it is called by digits.
    """

    def __init__(self, label: Words, column: str, find: Callable[[str | int], Model | None], **options: Any) -> None:
        super().__init__(label, many=True, **options)
        self._column, self._find = column, find

    def read(self, text: str) -> Model:
        is_id = text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS
        found = (self._find(int(text)) if is_id else None) or self._find(text)
        if found is None:
            raise ValidationError(
                _("No %(kind)s is called “%(given)s”.") % {"kind": str(self.label).lower(), "given": text[:80]}
            )
        return found

    def narrow(self, rows: Rows, value: Sequence[Model]) -> Rows:
        ids = [record.pk for record in value]
        return rows.filter(**({self._column: ids[0]} if len(ids) == 1 else {f"{self._column}__in": ids}))


class PersonFilter(RecordFilter):
    """A `RecordFilter` for people, in which `me` is whoever asks."""

    def read(self, text: str) -> Model:
        if text == "me":
            if self.person is None:
                raise ValidationError(_("Nobody is signed in who could be “me”."))
            return self.person
        return super().read(text)


class MarkFilter(RecordFilter):
    """Rows with one of several records on their many-side; `through` joins them and names the row by `row`."""

    def __init__(
        self,
        label: Words,
        column: str,
        find: Callable[[str | int], Model | None],
        *,
        through: type[Model],
        row: str,
        **options: Any,
    ) -> None:
        super().__init__(label, column, find, **options)
        self._through, self._row = through, row

    def narrow(self, rows: Rows, value: Sequence[Model]) -> Rows:
        joins = self._through._default_manager.filter(**{self._row: OuterRef("pk"), f"{self._column}__in": value})
        return rows.filter(Exists(joins))


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
        if isinstance(moment, dt.datetime):
            return timezone.make_aware(moment) if timezone.is_naive(moment) else moment
        if moment.year in (dt.MINYEAR, dt.MAXYEAR):
            raise ValidationError(_("“%s” is too far away.") % text[:40])
        return moment

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
        days = int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else 0
        if not self.schema["minimum"] <= days <= self.schema["maximum"]:
            raise ValidationError(_("“%s” is no number of days from 1 to 3650.") % text[:40])
        return days

    def narrow(self, rows: Rows, value: int) -> Rows:
        return rows.filter(**{f"{self._column}__gte": timezone.now() - dt.timedelta(days=value)})

    def say(self, value: int) -> str:
        return _("in the last %d days") % value


MOST_DECIMALS = 12


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
        if not amount.is_finite() or abs(amount) >= Decimal("1e12") or int(amount.as_tuple().exponent) < -MOST_DECIMALS:
            raise ValidationError(_("“%s” is no amount.") % text[:40])
        return amount

    def narrow(self, rows: Rows, value: Decimal) -> Rows:
        return rows.filter(**{self._lookup: value})

    def say(self, value: Decimal) -> str:
        return number_format(value, use_l10n=True, force_grouping=True)


class FilterSet(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """Filters of one list. A value that does not fit narrows nothing, and stands in `errors` and on its chip."""

    def chips(self) -> list[Chip]:
        """The filters in use, in the order in which they are declared. Costs no query beyond those of the values."""
        errors = self.errors
        return [
            Chip(
                name=name,
                label=str(self.filters[name].label),
                words=self._given(name) if name in errors else self.filters[name].words(value),
                url_without=self._without(name),
                error=" ".join(errors.get(name, [])),
            )
            for name in self.filters
            if (value := self.form.cleaned_data.get(name)) is not None or name in errors
        ]

    def _given(self, name: str) -> str:
        texts = self.data.getlist(name) if isinstance(self.data, QueryDict) else [str(self.data[name])]
        return joined([text[:80] for text in texts if text.strip()])

    def _without(self, name: str) -> str:
        rest = QueryDict(mutable=True)
        rest.update(self.data)
        for key in (name, "cursor"):
            rest.pop(key, None)
        return f"?{rest.urlencode()}"


def joined(words: Iterable[str]) -> str:
    """“A”, “A or B”, “A, B or C”."""
    *rest, last = words
    return _("%(rest)s or %(last)s") % {"rest": ", ".join(rest), "last": last} if rest else last


def day_start(day: dt.date, zone: dt.tzinfo | None = None) -> dt.datetime:
    """The first instant of a day in `zone`, else in the active one."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min), zone)
