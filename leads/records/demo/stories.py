"""A lead's story in facts: deals with their stays, talks, next steps, hands; `writing` stores it."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from leads.funnel.models import Interest, Offering, Reason, Stage, Tag
from leads.records.actions import Talk
from leads.records.models import Lead
from workspace.people.models import Person


@dataclass(frozen=True)
class Stay:
    """The deal came into `stage`; where that was an end or a step back, with its reason."""

    stage: Stage
    entered_at: datetime
    by: Person
    reason: Reason | None = None
    text: str = ""


@dataclass(frozen=True)
class Passage:
    """One deal."""

    stays: list[Stay]
    value: Decimal | None
    offering: Offering | None

    @property
    def closed_at(self) -> datetime | None:
        return self.stays[-1].entered_at if self.stays[-1].stage.is_closed else None

    @property
    def furthest(self) -> Stage:
        on_path = (stay.stage for stay in self.stays if stay.stage.kind in (Stage.Kind.OPEN, Stage.Kind.WON))
        return max(on_path, key=lambda stage: stage.position)


@dataclass(frozen=True)
class Said:
    talk: Talk
    at: datetime
    by: Person
    text: str
    minutes: int | None = None
    was_reached: bool = True


@dataclass(frozen=True)
class Step:
    """A next step; a done one has left the lead."""

    text: str
    due_at: datetime
    by: Person
    set_at: datetime
    done_at: datetime | None = None
    word: str = ""


@dataclass
class Story:
    """`lead` carries what a form would; stage, value, owner's date and all copies are filled in from the rest."""

    lead: Lead
    by: Person
    passages: list[Passage]
    said: list[Said] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    tags: list[Tag] = field(default_factory=list)
    interests: list[Interest] = field(default_factory=list)
    file: str = ""
    handed_at: datetime | None = None
    handed_by: Person | None = None
    slept_at: datetime | None = None
