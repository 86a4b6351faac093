"""How leads of the demo company went along the funnel: stays backwards from now or from their end, at working times."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from leads.funnel.models import Reason, Stage
from leads.records.demo.stories import Passage, Stay
from leads.records.demo.words import ENDS
from leads.records.demo.world import World
from workspace.people.models import Person

OPEN_PATH = ("new", "engaged", "mql", "sal", "sql", "proposal")
MARKETING = ("new", "engaged", "mql")
# Fewest and most days in a stage.
DAYS = {"new": (1, 9), "engaged": (5, 60), "mql": (1, 5), "sal": (1, 6), "sql": (6, 34), "proposal": (7, 40)}
BACK = "Sales found the record incomplete: no machines, no telephone."


def stays(
    world: World, slugs: Sequence[str], *, ends_at: datetime, marketer: Person, owner: Person | None, to_end: bool
) -> list[Stay]:
    """The stays along `slugs`; the last begins at `ends_at`. Whose stage it is moves it there, and an end has a reason."""
    entered = [ends_at]
    for slug in reversed(slugs[:-1]):
        entered.append(world.worked(entered[-1] - timedelta(days=world.dice.uniform(*DAYS[slug]))))
    entered.reverse()
    for place in range(1, len(entered)):
        if entered[place] <= entered[place - 1]:
            entered[place] = entered[place - 1] + timedelta(minutes=world.dice.randint(20, 90))
    told = []
    for place, (slug, at) in enumerate(zip(slugs, entered, strict=True)):
        by = marketer if slug in MARKETING or owner is None else owner
        reason, text = _end(world, slug) if to_end and place == len(slugs) - 1 else (None, "")
        is_back = place > 0 and slug in MARKETING and slugs[place - 1] not in MARKETING
        told.append(Stay(world.stages[slug], at, owner if is_back and owner else by, reason, BACK if is_back else text))
    return told


def _end(world: World, slug: str) -> tuple[Reason | None, str]:
    kind = world.stages[slug].kind
    if kind not in (Stage.Kind.LOST, Stage.Kind.DISQUALIFIED):
        return None, ""
    reason = world.pick([reason for (of_kind, _name), reason in world.reasons.items() if of_kind == kind])
    words = ENDS[reason.name]
    return reason, words[0] if reason.asks_text else world.pick(["", *words])


def passage(world: World, told: list[Stay], machines: int, value: int | None = None) -> Passage:
    """A deal with its worth; what is far from an offer often has none yet."""
    early = told[-1].stage.slug in ("new", "engaged")
    if value is None and not (early and world.chance(0.6)):
        value = min(160, max(4, round(machines * world.dice.uniform(0.7, 1.6)))) * 1_000
    offering = None if early else world.pick(list(world.offerings.values()))
    return Passage(told, Decimal(value) if value else None, offering)
