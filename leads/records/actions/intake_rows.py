"""The words of an intake: a row that comes in, the terms it comes in on, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal

from leads.records.actions.intake_entries import Entry
from leads.records.actions.seen import Changed
from workspace.people.models import Person


class Act(StrEnum):
    """What became of a row."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(slots=True)
class Incoming:
    """One row: cleaned values by field (references by name, lists of names for tags and interests), and custom ones by key.

    What the row leaves empty is not there. `errors` are of fields that could not be cleaned: the row will be refused.
    """

    line: int
    values: dict[str, Any]
    custom: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Outcome:
    """What became of one row, with the lead's id once it is stored, and what would be or was changed."""

    line: int
    act: Act
    entry: Entry | None = None
    errors: dict[str, str] = field(default_factory=dict)
    changes: list[Changed] = field(default_factory=list)

    @property
    def lead_id(self) -> int | None:
        return self.entry.pk if self.entry and self.entry.pk else None


@dataclass(frozen=True)
class Terms:
    """On which terms rows come in.

    `match` is the field by which leads are recognised. `defaults` are cleaned values that new leads get where their row says
    nothing. `sort_by` and `sort_until` name who sorts the new open leads, and until when they may wait for it; or they sleep,
    `asleep_until` a day and for a reason.
    """

    match: Literal["email", "external_id", "phone"]
    mode: Literal["create", "update", "both"]
    file: str
    by: Person | None
    at: datetime
    import_id: int | None = None
    defaults: Mapping[str, Any] = field(default_factory=dict)
    sort_by_id: int | None = None
    sort_until: Any = None
    asleep_until: date | None = None
    asleep_reason: str = ""


class Refused(Exception):
    """The row cannot come in; `errors` are sentences by field."""

    def __init__(self, **errors: str) -> None:
        super().__init__(errors)
        self.errors = errors
