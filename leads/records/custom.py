"""Values of custom fields: checked by the kind their definition says."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from leads.records import fields
from leads.records.models import CustomField

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


def definitions(on: str) -> dict[str, CustomField]:
    """The custom fields in use on leads or companies, by key. Costs one query."""
    return {field.key: field for field in CustomField.objects.filter(on=on, is_active=True)}


def shown(definition: CustomField, value: Any) -> Any:
    """A stored value as pages show it: words for yes and no, a day as one reads it, all else as it is."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if definition.kind == CustomField.Kind.DATE and (day := parse_date(str(value))):
        return date_format(day, "j M Y")
    return value


def clean_value(definition: CustomField, value: object) -> Any:
    """`value` as JSON stores it for `definition`, or None for nothing.

    Raises:
        ValidationError: it is not of the kind.
    """
    field = fields.LeadField(definition.key, definition.label, _KINDS[CustomField.Kind(definition.kind)], LONGEST_TEXT)
    cleaned = fields.clean_value(field, value)
    if cleaned in (None, "", []):
        return None
    if definition.choices:
        chosen = cleaned if isinstance(cleaned, list) else [cleaned]
        if unknown := [str(choice) for choice in chosen if choice not in definition.choices]:
            raise ValidationError(_("%s is not among the choices.") % ", ".join(unknown)[:80])
    if isinstance(cleaned, bool | str | list):
        return cleaned
    return cleaned.isoformat() if hasattr(cleaned, "isoformat") else _number(cleaned)


def _number(value: Any) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def clean(on: str, values: object) -> dict[str, Any]:
    """All of `values` cleaned, by key; None says "remove it".

    Raises:
        ValidationError: for `custom.<key>`, all that does not fit at once.
    """
    if not isinstance(values, Mapping):
        raise ValidationError({"custom": _("Own fields are told by key.")})
    known = definitions(on)
    cleaned: dict[str, Any] = {}
    errors: dict[str, list[str]] = {}
    for key, value in values.items():
        try:
            cleaned[key] = clean_value(known[key], value)
        except KeyError:
            errors[f"custom.{key}"] = [_("There is no field of this name.")]
        except ValidationError as error:
            errors[f"custom.{key}"] = error.messages
    if errors:
        raise ValidationError(errors)
    return cleaned
