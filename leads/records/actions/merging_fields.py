"""Which lead's facts the survivor of a merge bears: what was chosen, else its own, filled from the other where it has none."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from leads.records import custom
from leads.records.actions.seen import Changed
from leads.records.fields import FIELDS
from leads.records.models import Lead

SURVIVOR, OTHER = "survivor", "other"
CUSTOM: Final = "custom."
# Stage, value, currency and offering are those of a deal: one goes on.
DEAL: Final = "deal"
# By the key under which it is chosen: the columns of a fact that stand or fall together.
_COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "first_name": ("first_name",),
    "last_name": ("last_name",),
    "email": ("email",),
    "phone": ("phone", "phone_key"),
    "job_title": ("job_title",),
    "company": ("company_id", "company_name"),
    "industry": ("industry",),
    "country": ("country",),
    "city": ("city",),
    "owner": ("owner_id",),
    "marketer": ("marketer_id",),
    "source": ("source_id",),
    "campaign": ("campaign_id",),
    "persona": ("persona_id",),
    "buying_role": ("buying_role",),
    "next_step": ("next_step", "next_step_at"),
    "asleep_until": ("asleep_until", "asleep_reason"),
    "external_id": ("external_id",),
    "crm_url": ("crm_url",),
}
FACTS: Final = tuple(_COLUMNS)
# What is not chosen: a refusal of consent is never lost, and the lead is known since the earlier of the two days.
_JOINED: Final[dict[str, tuple[str, ...]]] = {
    "consent": ("consent", "consent_at"),
    "created_at": ("created_at",),
    "last_activity_at": ("last_activity_at",),
    "to_sort_by": ("to_sort_by_id", "to_sort_until"),
}
_ALL: Final = {**_COLUMNS, **_JOINED}
Choices = Mapping[str, str]


def demand_known(choices: Choices) -> None:
    """Each choice is of a fact, and of one of the two.

    Raises:
        ValidationError: by key.
    """
    own = custom.definitions("lead")
    errors = {}
    for key, choice in choices.items():
        if key not in _COLUMNS and key != DEAL and not (key.startswith(CUSTOM) and key.removeprefix(CUSTOM) in own):
            errors[key] = _("This is not chosen in a merge.")
        elif choice not in (SURVIVOR, OTHER):
            errors[key] = _("Choose “survivor” or “other”.")
    if errors:
        raise ValidationError(errors)


def default_of(key: str, survivor: Lead, other: Lead) -> str:
    """Whose value goes on where nobody chose: the survivor's, unless it has none, or its deal has ended and the other's not."""
    if key == DEAL:
        return OTHER if not survivor.is_open and other.is_open else SURVIVOR
    return OTHER if _is_empty(value_of(survivor, key)) and not _is_empty(value_of(other, key)) else SURVIVOR


def chosen(choices: Choices, key: str, survivor: Lead, other: Lead) -> str:
    return choices.get(key) or default_of(key, survivor, other)


def value_of(lead: Lead, key: str) -> Any:
    """What stands under the key of a choice, as people name it; of a reference the record."""
    return lead.custom.get(key.removeprefix(CUSTOM)) if key.startswith(CUSTOM) else getattr(lead, key)


def custom_keys(survivor: Lead, other: Lead) -> list[str]:
    """The own fields of which at least one of the two has a value, retired ones as well."""
    return [f"{CUSTOM}{key}" for key in sorted({*survivor.custom, *other.custom})]


def join(survivor: Lead, other: Lead, choices: Choices) -> tuple[dict[str, Any], list[Changed]]:
    """Set the columns of `survivor`; returns what changed, by key and column, and in words for the journal."""
    before = {key: _columns_of(survivor, key) for key in _ALL}
    own_before, words = dict(survivor.custom), {key: value_of(survivor, key) for key in FACTS}
    for key in _COLUMNS:
        if chosen(choices, key, survivor, other) == OTHER:
            for column in _COLUMNS[key]:
                setattr(survivor, column, getattr(other, column))
    for key in custom_keys(survivor, other):
        if chosen(choices, key, survivor, other) == OTHER:
            _set_own(survivor, key.removeprefix(CUSTOM), value_of(other, key))
    _join_rest(survivor, other)
    fields: dict[str, Any] = {
        key: {column: [value, _stored(survivor, column)] for column, value in old.items()}
        for key, old in before.items()
        if old != _columns_of(survivor, key)
    }
    told = [
        Changed.between(key, str(FIELDS[key].label), words[key], value_of(survivor, key))
        for key in FACTS
        if key in fields
    ]
    own = _own_changes(own_before, survivor.custom)
    labels = {key: definition.label for key, definition in custom.definitions("lead").items()}
    told += [Changed(f"{CUSTOM}{key}", labels.get(key, key), old, new) for key, (old, new) in own.items()]
    return fields | {f"{CUSTOM}{key}": {"custom": list(pair)} for key, pair in own.items()}, told


def part(survivor: Lead, fields: Mapping[str, Any]) -> list[str]:
    """Put back what stood on `survivor` before the merge, but for what was changed since; returns the keys that were put back."""
    put_back = []
    for key, columns in fields.items():
        if key.startswith(CUSTOM):
            before, after = columns["custom"]
            if survivor.custom.get(key.removeprefix(CUSTOM)) != after:
                continue
            _set_own(survivor, key.removeprefix(CUSTOM), before)
        elif all(_stored(survivor, column) == after for column, (_before, after) in columns.items()):
            for column, (before, _after) in columns.items():
                setattr(survivor, column, _read(column, before))
        else:
            continue
        put_back.append(key)
    return put_back


def written_columns() -> list[str]:
    """The columns that a merge may write."""
    return sorted({"custom", *(column for columns in _ALL.values() for column in columns)})


def _join_rest(survivor: Lead, other: Lead) -> None:
    both = [survivor, other]
    survivor.consent = {
        way: all(lead.consent[way] for lead in both if way in lead.consent)
        for way in sorted({*survivor.consent, *other.consent})
    }
    survivor.consent_at = max(_present(lead.consent_at for lead in both), default=None)
    survivor.created_at = min(lead.created_at for lead in both)
    survivor.last_activity_at = max(_present(lead.last_activity_at for lead in both), default=None)
    # Whoever merges it has sorted it.
    survivor.to_sort_by_id, survivor.to_sort_until = None, None


def _present(values: Iterable[Any]) -> Iterator[Any]:
    return (value for value in values if value is not None)


def _set_own(lead: Lead, key: str, value: Any) -> None:
    lead.custom = {name: one for name, one in {**lead.custom, key: value}.items() if one is not None}


def _own_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    return {key: (old.get(key), new.get(key)) for key in sorted({*old, *new}) if old.get(key) != new.get(key)}


def _is_empty(value: Any) -> bool:
    return value in (None, "", [], {})


def _columns_of(lead: Lead, key: str) -> dict[str, Any]:
    return {column: _stored(lead, column) for column in _ALL[key]}


def _stored(lead: Lead, column: str) -> Any:
    """The value as JSON holds it, to the microsecond."""
    value = getattr(lead, column)
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _read(column: str, stored: Any) -> Any:
    return next(field for field in Lead._meta.concrete_fields if field.attname == column).to_python(stored)
