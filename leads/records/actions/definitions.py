"""Defining custom fields of leads and companies: made, changed, put in their order, retired and brought back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from leads.funnel.actions import save_definition
from leads.records import custom
from leads.records.models import CustomField
from leads.records.values import clean_text
from workspace import queue
from workspace.people.models import Person

# What values and filters rest on: it never changes.
FIXED = ("on", "key", "kind")
# Each has an index of its own on a table of millions, which every new record pays for.
MOST_FILTERABLE = 10
LONGEST_CHOICE = 120
_WITH_CHOICES = (CustomField.Kind.CHOICE, CustomField.Kind.CHOICES)
_STEP = 10


@transaction.atomic
def save_custom_field(field: CustomField, values: Mapping[str, Any], *, by: Person | None, at: datetime) -> CustomField:
    """Store a custom field with `values`; where it stands, its key and its kind are said once, the key is made of the name.

    No value is lost by it: choices that are left out are retired, not forgotten, and so is the field by `is_active`. One that
    is to be filtered by gets its index in the background.

    Raises:
        PermissionDenied: `by` may not define fields.
        ValidationError: by field: something fixed would change, choices are missing, not told apart, or not wanted, or there
            are too many fields to filter by.
    """
    given, is_new = dict(values), field.pk is None
    if not is_new:
        field = CustomField.objects.select_for_update(no_key=True).get(pk=field.pk)
        fixed = [key for key in FIXED if key in given and given[key] != getattr(field, key)]
        if fixed:
            raise ValidationError({key: _("This stays as it is: values are stored by it.") for key in fixed})
    if "choices" in given or is_new:
        choices = _judged_choices(given.get("kind", field.kind), given.get("choices", field.choices))
        given["choices"] = choices
        given["retired_choices"] = [
            choice for choice in (*field.retired_choices, *field.choices) if choice not in choices
        ]
    if is_new:
        given |= _place_and_key(given.get("on", field.on), given)
    _demand_few(field, given)
    field = save_definition(field, given, by=by, at=at)
    queue.soon("leads.records.index_own_fields")
    return field


@transaction.atomic
def place_custom_field(field: CustomField, *, before: int, by: Person | None, at: datetime) -> CustomField:
    """Put a field before the one that is the `before`-th (from zero) of those in use on the same records; beyond them, last.

    Raises:
        PermissionDenied: `by` may not define fields.
    """
    of_same = CustomField.objects.select_for_update(no_key=True).filter(on=field.on, is_active=True)
    others = [one for one in of_same.order_by("position", "pk") if one.pk != field.pk]
    before = min(max(before, 0), len(others))
    order = [*others[:before], field, *others[before:]]
    placed = save_definition(CustomField.objects.get(pk=field.pk), {"position": (before + 1) * _STEP}, by=by, at=at)
    for place, one in enumerate(order, start=1):
        one.position = place * _STEP
    CustomField.objects.bulk_update(others, ["position"])
    return placed


def _place_and_key(on: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Of a new field: the last place, and a key of its name, unless they are given. Costs one query."""
    taken = dict(CustomField.objects.filter(on=on).values_list("key", "position"))
    place = given.get("position") or min(max(taken.values(), default=0) + _STEP, 32_767)
    key = given.get("key") or custom.free_key(str(given.get("label", "")), taken)
    if key in taken:
        raise ValidationError({"key": _("Another field has this key already, perhaps one that is retired.")})
    return {"position": place, "key": key}


def _demand_few(field: CustomField, given: Mapping[str, Any]) -> None:
    on = given.get("on", field.on)
    if not (given.get("is_filterable", field.is_filterable) and given.get("is_active", field.is_active)):
        return
    others = CustomField.objects.filter(on=on, is_active=True, is_filterable=True).exclude(pk=field.pk)
    if others.count() >= MOST_FILTERABLE:
        words = _("%d fields can be filtered by already, which is the most. Let one of them go first.")
        raise ValidationError({"is_filterable": words % MOST_FILTERABLE})


def _judged_choices(kind: str, choices: Any) -> list[str]:
    """The choices as they are stored, with single spaces as values have them."""
    if not isinstance(choices, list) or not all(isinstance(choice, str) and choice.strip() for choice in choices):
        raise ValidationError({"choices": _("Choices are words, one a line.")})
    words: list[str] = [clean_text(choice) for choice in choices]
    if any(len(choice) > LONGEST_CHOICE for choice in words):
        raise ValidationError({"choices": _("A choice has %d letters at most.") % LONGEST_CHOICE})
    if kind in _WITH_CHOICES and len(words) < 2:  # noqa: PLR2004 - one is no choice
        raise ValidationError({"choices": _("Say at least two choices.")})
    if kind not in _WITH_CHOICES and words:
        raise ValidationError({"choices": _("A field of this kind has no choices.")})
    if len({choice.casefold() for choice in words}) < len(words):
        raise ValidationError({"choices": _("Each choice is said once.")})
    if kind == CustomField.Kind.CHOICES and any({",", ";"} & set(choice) for choice in words):
        raise ValidationError({"choices": _("Commas and semicolons part several choices, so none may hold one.")})
    return words
