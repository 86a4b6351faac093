"""What the demo stories are told with: one moment called now, one dice, and the records that leads refer to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random
from typing import Any, TypeVar
from unicodedata import normalize
from zoneinfo import ZoneInfo

from django.db.models import Model

from leads.audience.models import Persona
from leads.funnel.models import Campaign, Interest, Offering, Reason, Source, Stage, Tag
from workspace.people.demo import cast
from workspace.people.models import Person

Thing = TypeVar("Thing")

ZONE = ZoneInfo("Europe/Berlin")
SATURDAY = 5
# Letters that bear no accent which could be taken away.
_PLAIN = str.maketrans({"ß": "ss", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "&": ""})


@dataclass(frozen=True)
class World:
    """Everything is drawn from `dice`, so the same seed tells the same year."""

    now: datetime
    dice: Random
    people: dict[str, Person]
    stages: dict[str, Stage]
    reasons: dict[tuple[str, str], Reason]
    sources: dict[str, Source]
    campaigns: dict[str, Campaign]
    offerings: dict[str, Offering]
    interests: dict[str, Interest]
    tags: dict[str, Tag]
    personas: dict[str, Persona]

    def pick(self, things: Sequence[Thing]) -> Thing:
        return self.dice.choice(things)

    def chance(self, share: float) -> bool:
        return self.dice.random() < share

    def worked(self, moment: datetime) -> datetime:
        """A time at work on the day of `moment`, or on the Friday before; never after now."""
        local = moment.astimezone(ZONE)
        day = local.date() - timedelta(days=max(0, local.weekday() - SATURDAY + 1))
        at = datetime.combine(day, time(self.dice.randint(8, 16), self.dice.randint(0, 59)), ZONE)
        return min(at, self.now - timedelta(minutes=self.dice.randint(5, 50)))

    def days_ago(self, days: float) -> datetime:
        return self.worked(self.now - timedelta(days=days))

    def due(self, words: str) -> datetime | None:
        """When a step is due: "+3h" from now, to the next quarter; or working days from today with a time, "-1 17:00"."""
        if not words:
            return None
        if words.startswith("+"):
            later = self.now + timedelta(hours=int(words[1:-1]))
            return later.replace(minute=later.minute // 15 * 15, second=0, microsecond=0)
        days, clock = words.split()
        day = self.now.astimezone(ZONE).date()
        for _step in range(abs(int(days))):
            day += timedelta(days=1 if int(days) > 0 else -1)
            while day.weekday() >= SATURDAY:
                day += timedelta(days=1 if int(days) > 0 else -1)
        return datetime.combine(day, time.fromisoformat(clock), ZONE)


def world(now: datetime) -> World:
    """The world as the rooms below have laid it out. Costs ten queries."""
    return World(
        now=now,
        dice=Random(20_261_117),
        people=cast(),
        stages={stage.slug: stage for stage in Stage.objects.select_related("department")},
        reasons={(reason.kind, reason.name): reason for reason in Reason.objects.all()},
        sources=_by_name(Source),
        campaigns=_by_name(Campaign),
        offerings=_by_name(Offering),
        interests=_by_name(Interest),
        tags=_by_name(Tag),
        personas=_by_name(Persona),
    )


def plain(name: str) -> str:
    """A name as it stands in an address: small Latin letters and dashes."""
    letters = normalize("NFKD", name.lower().translate(_PLAIN))
    return "-".join("".join(letter for letter in letters if letter.isascii() and letter not in "'.").split())


def _by_name(model: type[Model]) -> dict[str, Any]:
    return {row.name: row for row in model._default_manager.all()}  # type: ignore[attr-defined]  # all have a name
