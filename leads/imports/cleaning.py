"""From a row of a file to what an intake takes: every cell cleaned as its column says, each distinct text once."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from leads.imports.mapping import CLOSING, CONSENT, CUSTOM, NAME, OPT_OUT, SHARED, SKIP, Column
from leads.imports.mapping import Mapping as FileMapping
from leads.imports.reading import values
from leads.imports.reading.rows import Row
from leads.records import custom, fields
from leads.records.actions.intake import Incoming
from leads.records.fields import FIELDS, Kind
from leads.records.models import CustomField
from leads.records.telephones import telephone_key
from leads.records.values import clean_email, clean_link, clean_money, clean_names, clean_text, clean_yes_no

Clean = Callable[[str], Any]
Put = Callable[[str, Any, dict[str, Any], dict[str, Any]], None]
_Column = tuple[int, str, dict[str, Any], "_Cleaner", Put | None]

# More texts than this are forgotten and cleaned again: memory stays flat whatever a file holds.
MOST_REMEMBERED = 20_000
# A subset of what the validator takes, in one step.
_PLAIN_EMAIL = re.compile(
    r"[a-z0-9_%+\-]+(?:\.[a-z0-9_%+\-]+)*@(?:[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}\Z"
)
# As programs write whom a deal is with: `Ada Lovelace (ada@kestrel.example)`.
_ADDRESS_IN_BRACKETS = re.compile(r"\s*\([^()\s]+@[^()\s]+\)\Z")
_NOTHING: tuple[Any, ...] = (None, "", [], {})
_LONGEST_EMAIL, _LONGEST_PHONE = 254, 60
# Almost every cell of these is met once; remembering them costs more than cleaning again.
_MOSTLY_UNIQUE = {"email", "external_id", "phone", "crm_url"}


class RowCleaner:
    """Turns rows into incoming ones. Touches no database, so that it may work beside one."""

    def __init__(
        self,
        mapping: FileMapping,
        definitions: Mapping[str, CustomField],
        zone: tzinfo,
        closed_stages: Collection[str] = (),
    ) -> None:
        """`definitions` are the custom fields by column name; `zone` is of times that are written without one.

        `closed_stages` are names and slugs, in small letters, of the stages at which a day of closing counts.
        """
        self._closed = frozenset(closed_stages)
        self._width = len(mapping.columns)
        empty = {"", *(" ".join(text.split()) for text in mapping.empty)}
        self._columns = [
            self._read_by(place, column, definitions.get(column.name), zone, empty)
            for place, column in enumerate(mapping.columns)
            if column.target != SKIP
        ]
        self._currency = fields.clean_value(FIELDS["currency"], mapping.for_all.get("currency", ""))

    @staticmethod
    def _read_by(place: int, column: Column, definition: CustomField | None, zone: tzinfo, empty: set[str]) -> _Column:
        key = column.target if definition is None else CUSTOM + definition.key
        cleaner = _Cleaner(column, definition, zone, empty)
        return place, key, cleaner.memory, cleaner, _put_of(key)

    def clean(self, row: Row) -> Incoming:
        """The row's values; whatever does not fit is told by field."""
        line, cells = row.line, row.cells
        if row.problem or row.is_broken or len(cells) != self._width:
            if problem := self._problem(row):
                return Incoming(line, {}, {}, {"": problem})
            cells = cells + [""] * (self._width - len(cells))
        given: dict[str, Any] = {}
        own: dict[str, Any] = {}
        errors: dict[str, str] = {}
        for place, key, known, cleaner, put in self._columns:
            cell = cells[place]
            value = known[cell] if cell in known else cleaner(cell)
            if value is None:
                continue
            if type(value) is _Wrong:
                errors[key] = value.why
            elif put is None:
                given[key] = value
            else:
                put(key, value, given, own)
        if self._currency or CLOSING in given:
            self._complete(given)
        return Incoming(line, given, own, errors)

    def _complete(self, given: dict[str, Any]) -> None:
        """A value is in the currency of the file, and a day of closing that is a guess while a lead is open counts at its end."""
        if self._currency and "value" in given:
            given.setdefault("currency", self._currency)
        closing = given.pop(CLOSING, None)
        if closing is not None and given.get("stage", "").lower() in self._closed:
            given["closed_at"] = closing

    def _problem(self, row: Row) -> str:
        if row.problem:
            return row.problem
        if len(row.cells) > self._width and any(cell.strip() for cell in row.cells[self._width :]):
            return _("This row has %(cells)d cells; the header has %(columns)d.") % {
                "cells": len(row.cells),
                "columns": self._width,
            }
        if row.is_broken:
            return _("This row has letters that cannot be read in the chosen encoding.")
        return ""


def _put_of(key: str) -> Put | None:
    """How a value of this field joins the others of its row; None where it simply stands under its key."""
    for start, put in ((CUSTOM, _put_custom), (CONSENT, _put_consent), (OPT_OUT, _put_opt_out)):
        if key.startswith(start):
            return put
    return _put_name if key == NAME else _put_shared if key in SHARED else None


def _put_custom(key: str, value: Any, _given: dict[str, Any], own: dict[str, Any]) -> None:
    own[key.removeprefix(CUSTOM)] = value


def _put_consent(key: str, value: Any, given: dict[str, Any], _own: dict[str, Any]) -> None:
    given.setdefault("consent", {}).setdefault(key.removeprefix(CONSENT), value)


def _put_opt_out(key: str, value: Any, given: dict[str, Any], _own: dict[str, Any]) -> None:
    """Who opted out refuses, whatever another column says; who did not has said nothing by it."""
    given.setdefault("consent", {})[key.removeprefix(OPT_OUT)] = value


def _put_name(_key: str, value: dict[str, Any], given: dict[str, Any], _own: dict[str, Any]) -> None:
    given.update(value)


def _put_shared(key: str, value: list[str], given: dict[str, Any], _own: dict[str, Any]) -> None:
    given[key] = list(dict.fromkeys([*given.get(key, ()), *value]))


@dataclass(frozen=True, slots=True)
class _Wrong:
    """What a cell is that cannot be cleaned."""

    why: str


class _Cleaner:
    """Cleans the cells of one column, and remembers what it made of each text."""

    def __init__(self, column: Column, definition: CustomField | None, zone: tzinfo, empty: set[str]) -> None:
        self._values = {" ".join(said.split()): meant for said, meant in column.values.items()}
        self._clean = _clean_of(column, definition, zone)
        self._empty = empty
        self.memory: dict[str, Any] = {}
        self._remembers = column.target not in _MOSTLY_UNIQUE

    def __call__(self, cell: str) -> Any:
        """The value, None for nothing, or what is wrong with it. Asked for what is not in memory."""
        value = self._cleaned(cell.strip())
        if self._remembers:
            if len(self.memory) >= MOST_REMEMBERED:
                self.memory.clear()
            self.memory[cell] = value
        return value

    def _cleaned(self, text: str) -> Any:
        if text in self._empty:
            return None
        if self._values:
            text = self._values.get(text, text)
            if not text:
                return None
        try:
            value = self._clean(text)
        except ValidationError as error:
            return _Wrong(" ".join(error.messages))
        return None if value in _NOTHING else value


def _clean_of(column: Column, definition: CustomField | None, zone: tzinfo) -> Clean:
    if definition is not None:
        return _custom(column, definition, zone)
    if column.target == NAME:
        return _name
    if column.target.startswith(CONSENT):
        return clean_yes_no
    if column.target.startswith(OPT_OUT):
        return _opt_out
    if column.target == CLOSING:
        return lambda text: _moment(text, column, zone)
    special = _SPECIAL.get(column.target)
    return special(column) if special else _plain(column, zone)


def _plain(column: Column, zone: tzinfo) -> Clean:
    field = FIELDS[column.target]
    by_kind: dict[Kind, Clean] = {
        Kind.TEXT: lambda text: _text(text, field.max_length),
        Kind.EMAIL: _email,
        Kind.PHONE: lambda text: text if _is_plain_phone(text) else fields.clean_value(field, text),
        Kind.MONEY: lambda text: clean_money(values.number(text, decimal_comma=column.decimal_comma)),
        Kind.DATE: lambda text: _moment(text, column, zone).date(),
        Kind.MOMENT: lambda text: _moment(text, column, zone),
        Kind.REFERENCE: lambda text: _text(text, _longest(column.target)),
        Kind.LINK: lambda text: clean_link(text, field.max_length),
    }
    return by_kind.get(field.kind, lambda text: fields.clean_value(field, text))


def _longest(target: str) -> int | None:
    refers_to = FIELDS[target].refers_to
    return {"company": 200, "reason": 1_000, "person": 254}.get(refers_to, 120)


def _text(text: str, longest: int | None) -> str:
    """As `clean_text`, with a short way for texts that are clean already."""
    if text.isprintable() and "  " not in text and (longest is None or len(text) <= longest):
        return text
    return clean_text(text, longest)


def _is_plain_phone(text: str) -> bool:
    """Whether `text` is a telephone number, and clean already."""
    is_clean = text.isascii() and text.isprintable() and "  " not in text and len(text) <= _LONGEST_PHONE
    return is_clean and telephone_key(text) != ""


def _email(text: str) -> str:
    address = text.lower()
    if len(address) <= _LONGEST_EMAIL and _PLAIN_EMAIL.match(address):
        return address
    return clean_email(text)


def _moment(text: str, column: Column, zone: tzinfo) -> datetime:
    return values.moment(" ".join(text.split()), column.date_order, zone)


def _opt_out(text: str) -> bool | None:
    return False if clean_yes_no(text) else None


def _name(text: str) -> dict[str, str]:
    """`Ada Lovelace` and `Lovelace, Ada` as first and last name; a single word is a last name, an address none."""
    whole = _ADDRESS_IN_BRACKETS.sub("", clean_text(text))
    last, comma, first = whole.partition(",")
    if not comma:
        first, _space, last = whole.rpartition(" ")
    named = {"first_name": first.strip(), "last_name": last.strip()}
    return {key: clean_text(part, 120) for key, part in named.items() if part}


def _marks(column: Column) -> Clean:
    field = FIELDS[column.target]
    return lambda text: [str(name) for name in clean_names(text, field.max_length)]


_SPECIAL: dict[str, Callable[[Column], Clean]] = {"tags": _marks, "interests": _marks}


def _custom(column: Column, definition: CustomField, zone: tzinfo) -> Clean:
    if definition.kind in (CustomField.Kind.NUMBER, CustomField.Kind.MONEY):
        return lambda text: custom.clean_value(definition, values.number(text, decimal_comma=column.decimal_comma))
    if definition.kind == CustomField.Kind.DATE:
        return lambda text: custom.clean_value(definition, _moment(text, column, zone).date())
    return lambda text: custom.clean_value(definition, text)


def clean_for_all(mapping: FileMapping) -> dict[str, Any]:
    """The values for all rows, cleaned; what a new lead gets where its row says nothing.

    Raises:
        ValidationError: by field.
    """
    cleaned: dict[str, Any] = fields.clean({key: text for key, text in mapping.for_all.items() if key != "currency"})
    return {
        key: [str(name) for name in value] if isinstance(value, list) else value
        for key, value in cleaned.items()
        if value not in _NOTHING
    }
