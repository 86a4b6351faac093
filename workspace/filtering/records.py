"""Filters by what rows refer to: given by id or by name, and single rows whatever they refer to."""

from collections.abc import Callable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Exists, Model, OuterRef
from django.utils.translation import gettext as _

from workspace.filtering.base import Filter, Rows, Words

MOST_DIGITS = 18  # of an id: what a bigint holds in any case


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

    def say(self, value: Any) -> str:
        return str(value) if value.is_active else _("%s, who has left") % value


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
