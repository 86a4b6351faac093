"""Declaring an option and reading it: `CURRENCY = declare("workspace.currency", "EUR", …)`, `CURRENCY.get()`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.utils.functional import Promise

from workspace.options.models import StoredOption
from workspace.registry import Registry

Value = TypeVar("Value", str, int, bool, list[str], dict[str, Any])


@dataclass(frozen=True)
class Option(Generic[Value]):
    """A typed setting of the workspace. `check` raises ValidationError for a value that must not be stored."""

    key: str
    default: Value
    label: str | Promise
    help_text: str | Promise = ""
    check: Callable[[Value], None] | None = None

    def get(self) -> Value:
        """The stored value, or the default. Costs one query by its unique key."""
        stored: Value | None = StoredOption.objects.filter(key=self.key).values_list("value", flat=True).first()
        return self.default if stored is None else stored

    def clean(self, value: object) -> Value:
        """`value` if it has the option's type and passes its check.

        Raises:
            ValidationError: it does not.
        """
        if not isinstance(value, type(self.default)) or (isinstance(value, bool) != isinstance(self.default, bool)):
            raise ValidationError({"value": f"{self.key} takes a {type(self.default).__name__}."})
        if self.check is not None:
            self.check(value)
        return value


_options: Registry[Option[Any]] = Registry("option")


def declare(
    key: str,
    default: Value,
    label: str | Promise,
    *,
    help_text: str | Promise = "",
    check: Callable[[Value], None] | None = None,
) -> Option[Value]:
    """Make an option known and return it.

    Raises:
        ValueError: the key is declared already.
    """
    option: Option[Value] = Option(key, default, label, help_text, check)
    _options.add(key, option)
    return option


def entries() -> dict[str, Option[Any]]:
    """All options, for the settings page and the guard test."""
    return dict(_options)
