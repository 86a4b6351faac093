"""Defining custom fields of leads and companies."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from leads.funnel.actions import save_definition
from leads.records.models import CustomField
from workspace.people.models import Person

# What values and filters rest on: it never changes.
FIXED = ("on", "key", "kind")
_WITH_CHOICES = (CustomField.Kind.CHOICE, CustomField.Kind.CHOICES)


def save_custom_field(field: CustomField, values: Mapping[str, Any], *, by: Person | None, at: datetime) -> CustomField:
    """Store a custom field with `values`; where it stands, its key and its kind are said once.

    Raises:
        PermissionDenied: `by` may not define fields.
        ValidationError: by field: something fixed would change, or choices are missing, not told apart, or not wanted.
    """
    if field.pk is not None:
        stored = CustomField.objects.get(pk=field.pk)
        fixed = [key for key in FIXED if key in values and values[key] != getattr(stored, key)]
        if fixed:
            raise ValidationError({key: _("This stays as it is: values are stored by it.") for key in fixed})
    if "choices" in values or field.pk is None:
        kind, choices = values.get("kind", field.kind), values.get("choices", field.choices)
        _judge_choices(kind, choices)
    return save_definition(field, values, by=by, at=at)


def _judge_choices(kind: str, choices: Any) -> None:
    if not isinstance(choices, list) or not all(isinstance(choice, str) and choice.strip() for choice in choices):
        raise ValidationError({"choices": _("Choices are words, one a line.")})
    if kind in _WITH_CHOICES and len(choices) < 2:  # noqa: PLR2004 - one is no choice
        raise ValidationError({"choices": _("Say at least two choices.")})
    if kind not in _WITH_CHOICES and choices:
        raise ValidationError({"choices": _("A field of this kind has no choices.")})
    if len({choice.casefold() for choice in choices}) < len(choices):
        raise ValidationError({"choices": _("Each choice is said once.")})
