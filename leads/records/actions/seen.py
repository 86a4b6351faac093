"""Stale edits: whoever writes over a value has seen which one stood there, and is asked when it is another one by now.

A page keeps a mark of each value that its form shows. The mark says nothing about the value, so it may stand in the page; the
action compares it with the stored value under the row's lock. Fields that others changed, and that this edit leaves alone,
are nobody's collision.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.records.models import Company, Lead
from leads.records.values import CONSENTS
from workspace import subjects
from workspace.errors import Conflict
from workspace.journal.models import JournalEntry
from workspace.people.models import Person

# Marks by field: `email`, `tags`, `consent.mail`, `custom.size`.
Seen = Mapping[str, str]
_CUSTOM, _CONSENT = "custom.", "consent."
# What comes next and when: one thing to people, and told by verbs of its own.
STEP = ("next_step", "next_step_at")
_STEP_VERBS = ("lead.next_step_set", "lead.next_step_done")
_LENGTH = 12


@dataclass(frozen=True)
class Changed:
    """One field's change, as the journal keeps it: in words, which stay true whatever becomes of what they speak of.

    Where it speaks of people, `people` are the ids of the former and the new one: a name does not say who it was.
    """

    field: str
    label: str
    old: Any
    new: Any
    people: tuple[int | None, int | None] | None = None

    @classmethod
    def between(cls, key: str, label: str, old: Any, new: Any) -> Self:
        """The change of a field from the value or record `old` to `new`."""
        is_about_people = isinstance(old, Person) or isinstance(new, Person)
        people = (getattr(old, "pk", None), getattr(new, "pk", None)) if is_about_people else None
        return cls(key, label, said(old), said(new), people)

    def as_fact(self) -> dict[str, Any]:
        fact = {"field": self.field, "label": self.label, "old": self.old, "new": self.new}
        if self.people is not None:
            fact["old_id"], fact["new_id"] = self.people
        return fact


def said(value: Any) -> Any:
    """`value` as the journal keeps it: readable on its own, whatever becomes of the record it spoke of."""
    if isinstance(value, Model):
        return str(value)
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if value is None or isinstance(value, bool | int | dict | list | str):
        return value
    return str(value)


@dataclass(frozen=True)
class Collision:
    """A field that somebody else changed first: `change.old` is theirs, `change.new` was to take its place.

    Who it was and when, as far as the journal tells: a field may also change as a part of something else.
    """

    change: Changed
    by: Person | None = None
    at: datetime | None = None


class ChangedMeanwhile(Conflict):
    """Somebody changed the same fields since they were shown; `record` is as it is stored now."""

    title = gettext_lazy("Changed meanwhile")

    def __init__(self, record: Lead | Company, collisions: list[Collision]) -> None:
        what = ", ".join(collision.change.label for collision in collisions)
        super().__init__(_("Changed meanwhile: %s") % what)
        self.record = record
        self.collisions = collisions


def marks(record: Lead | Company, keys: Iterable[str]) -> dict[str, str]:
    """A mark of each value under `keys` as it is now; consent has one for each way. Tags and interests cost a query each."""
    whole = [key for key in keys if key != "consent"]
    ways = [f"{_CONSENT}{way}" for way in CONSENTS] if "consent" in keys else []
    return {key: _mark(_value(record, key)) for key in (*whole, *ways)}


def stale(record: Lead | Company, seen: Seen) -> set[str]:
    """The keys of `seen` under which another value stands by now."""
    now = marks(record, {"consent" if key.startswith(_CONSENT) else key for key in seen})
    return {key for key, mark in seen.items() if now.get(key, mark) != mark}


def demand_seen(record: Lead | Company, changes: Iterable[Changed], gone: set[str]) -> None:
    """Each of `changes` takes the place of a value that its author has seen: of none that is `gone`. Costs a query for each
    that does not.

    Raises:
        ChangedMeanwhile: some do not; both values are told, with who was first.
    """
    colliding = [narrowed for change in changes if gone and (narrowed := _colliding(change, gone)) is not None]
    if colliding:
        stored = type(record)._default_manager.get(pk=record.pk)  # ours bears the new values
        raise ChangedMeanwhile(stored, [_told(record, change) for change in colliding])


def _colliding(change: Changed, gone: set[str]) -> Changed | None:
    """`change` as far as it writes over a value that its author has not seen."""
    if change.field != "consent":
        return change if change.field in gone else None
    ways = [way for way in CONSENTS if f"{_CONSENT}{way}" in gone and change.old.get(way) != change.new.get(way)]
    theirs, mine = ({way: told.get(way) for way in ways} for told in (change.old, change.new))
    return Changed("consent", change.label, theirs, mine) if ways else None


def _told(record: Lead | Company, change: Changed) -> Collision:
    kind, pk = subjects.of(record)
    named = [{"field": change.field}]
    tells_it = Q(personal__changes__contains=named) | Q(facts__changes__contains=named)
    if change.field in STEP:
        tells_it |= Q(verb__in=_STEP_VERBS)
    entry = JournalEntry.objects.on_thread(kind, pk).filter(tells_it, subject_kind=kind).order_by("-pk").first()
    return Collision(change, entry.actor, entry.recorded_at) if entry else Collision(change)


def _value(record: Lead | Company, key: str) -> Any:
    if key.startswith(_CUSTOM):
        return record.custom.get(key.removeprefix(_CUSTOM))
    if key.startswith(_CONSENT) and isinstance(record, Lead):
        return record.consent.get(key.removeprefix(_CONSENT))
    field = record._meta.get_field(key)
    if field.many_to_many:
        return sorted(one.pk for one in getattr(record, key).all())
    return getattr(record, str(getattr(field, "attname", key)))


def _mark(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, cls=DjangoJSONEncoder, sort_keys=True).encode()).hexdigest()[:_LENGTH]
