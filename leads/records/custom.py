"""Values of custom fields: cleaned, stored and said in words by the kind their definition says, alike at every door."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_date
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from leads.records import fields
from leads.records.models import CustomField
from workspace.people.models import Person

_KINDS = {
    CustomField.Kind.TEXT: fields.Kind.TEXT,
    CustomField.Kind.NUMBER: fields.Kind.NUMBER,
    CustomField.Kind.MONEY: fields.Kind.MONEY,
    CustomField.Kind.DATE: fields.Kind.DATE,
    CustomField.Kind.YES_NO: fields.Kind.YES_NO,
    CustomField.Kind.CHOICE: fields.Kind.TEXT,
    CustomField.Kind.CHOICES: fields.Kind.CHOICES,
    CustomField.Kind.PERSON: fields.Kind.EMAIL,
    CustomField.Kind.LINK: fields.Kind.LINK,
}
LONGEST_TEXT = 2_000
_LONGEST_KEY = 50


def definitions(on: str) -> dict[str, CustomField]:
    """The custom fields in use on leads or companies, by key. Costs one query."""
    return {field.key: field for field in CustomField.objects.filter(on=on, is_active=True)}


def free_key(label: str, taken: Collection[str]) -> str:
    """A key for a new custom field called `label`."""
    base = re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_")[:_LONGEST_KEY]
    if not base or not base[0].isalpha():
        base = f"field_{base}".rstrip("_")
    return next(key for key in (base, *(f"{base}_{n}" for n in range(2, 10_000))) if key not in taken)


def clean_value(definition: CustomField, value: object, *, retired: bool = False) -> Any:
    """`value` as JSON stores it for `definition`, or None for nothing. Touches no database.

    With `retired` choices that are no longer offered count as well: records hold them still.

    Raises:
        ValidationError: it is not of the kind.
    """
    field = fields.LeadField(definition.key, definition.label, _KINDS[CustomField.Kind(definition.kind)], LONGEST_TEXT)
    cleaned = fields.clean_value(field, value)
    if cleaned in (None, "", []):
        return None
    if definition.choices:
        known = {*definition.choices, *(definition.retired_choices if retired else ())}
        _demand_offered(_chosen(cleaned), known)
    if isinstance(cleaned, bool | str | list):
        return cleaned
    return cleaned.isoformat() if hasattr(cleaned, "isoformat") else _number(cleaned)


def _chosen(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _demand_offered(chosen: Iterable[Any], offered: Collection[str]) -> None:
    if unknown := [str(choice) for choice in chosen if choice not in offered]:
        raise ValidationError(_("%s is not among the choices.") % ", ".join(unknown)[:80])


def _number(value: Any) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def words(definition: CustomField, value: Any) -> str:
    """A stored value in words, for people."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    if isinstance(value, int | float):
        return number_format(value, use_l10n=True, force_grouping=True)
    if definition.kind == CustomField.Kind.DATE and (day := parse_date(str(value))):
        return date_format(day, "j M Y")
    return str(value)


def shown(definition: CustomField, value: Any) -> Any:
    """A stored value as pages show it: several choices each by itself, nothing as nothing, all else in words."""
    return value if value is None or isinstance(value, list) else words(definition, value)


@dataclass(frozen=True)
class Given:
    """Own fields as somebody gave them, cleaned, by key; None says "remove it"."""

    values: Mapping[str, Any] = field(default_factory=dict)
    definitions: Mapping[str, CustomField] = field(default_factory=dict)

    def onto(self, stored: Mapping[str, Any]) -> dict[str, Any]:
        """What a record with the values `stored` holds from now on.

        Raises:
            ValidationError: for `custom.<key>`, a choice that is no longer offered, and that the record did not have.
        """
        errors: dict[str, list[str]] = {}
        for key, value in self.values.items():
            definition = self.definitions[key]
            if definition.choices and value is not None:
                try:
                    _demand_offered(_chosen(value), [*definition.choices, *_chosen(stored.get(key))])
                except ValidationError as error:
                    errors[f"custom.{key}"] = error.messages
        if errors:
            raise ValidationError(errors)
        return {key: value for key, value in {**stored, **self.values}.items() if value is not None}

    def changes(self, stored: Mapping[str, Any]) -> list[tuple[str, str, Any, Any]]:
        """What differs from `stored`: the field as `custom.<key>`, its label, the former value and the new one."""
        return [
            (f"custom.{key}", self.definitions[key].label, stored.get(key), value)
            for key, value in self.values.items()
            if stored.get(key) != value
        ]


def clean(on: str, values: object, *, is_new: bool = False) -> Given:
    """All of `values` cleaned. Costs a query for the definitions, and one where people are named.

    A field that is required cannot be emptied; a new record has all of these.

    Raises:
        ValidationError: for `custom.<key>`, all that does not fit at once.
    """
    if not isinstance(values, Mapping):
        raise ValidationError({"custom": _("Own fields are told by key.")})
    known = definitions(on) if values or is_new else {}
    cleaned: dict[str, Any] = {}
    errors: dict[str, list[str]] = {}
    for key, value in values.items():
        try:
            cleaned[key] = clean_value(known[key], value, retired=True)
        except KeyError:
            errors[f"custom.{key}"] = [_("There is no field of this name.")]
        except ValidationError as error:
            errors[f"custom.{key}"] = error.messages
    errors |= _missing(known, cleaned, errors, is_new=is_new) | _strangers(known, cleaned)
    if errors:
        raise ValidationError(errors)
    return Given(cleaned, known)


def _missing(
    known: Mapping[str, CustomField], cleaned: Mapping[str, Any], errors: Collection[str], *, is_new: bool
) -> dict[str, list[str]]:
    asked = known if is_new else cleaned
    return {
        f"custom.{key}": [_("This field is required.")]
        for key in asked
        if known[key].is_required and cleaned.get(key) is None and f"custom.{key}" not in errors
    }


def _strangers(known: Mapping[str, CustomField], cleaned: Mapping[str, Any]) -> dict[str, list[str]]:
    """Addresses of nobody who was ever here. Costs a query where people are named."""
    named = {key: cleaned[key] for key in cleaned if known[key].kind == CustomField.Kind.PERSON and cleaned[key]}
    here = people_called(named.values())
    return {
        f"custom.{key}": [_("Nobody here has the address %s.") % address]
        for key, address in named.items()
        if address not in here
    }


def people_called(addresses: Iterable[str]) -> dict[str, Person]:
    """The people with these e-mail addresses, those who left included. Costs a query unless there are none."""
    sought = set(addresses)
    return {person.email: person for person in Person.objects.filter(email__in=sought)} if sought else {}
