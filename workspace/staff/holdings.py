"""What somebody who leaves looks after, beside what they owe: made known by the rooms whose records it is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from workspace.people.models import Person
from workspace.registry import Registry


@dataclass(frozen=True)
class Holding:
    """Records that one person at a time looks after.

    `words` says how many there are, as in “214 open leads”. `hand_over(person, to, by, at)` gives all of them to a colleague,
    as sets and inside the caller's transaction; whoever calls it has asked whether `by` may.
    """

    key: str
    count: Callable[[Person], int]
    words: Callable[[int], str]
    hand_over: Callable[[Person, Person, Person | None, datetime], object]


_holdings: Registry[Holding] = Registry("holding")


def register(*holdings: Holding) -> None:
    """Make holdings known.

    Raises:
        ValueError: a key is registered already.
    """
    for holding in holdings:
        _holdings.add(holding.key, holding)


def entries() -> dict[str, Holding]:
    """All holdings, for the dialog and the guard test."""
    return dict(_holdings)


def held_by(person: Person) -> list[str]:
    """What `person` looks after, in words; empty for nothing. Costs a query a holding."""
    counted = ((holding, holding.count(person)) for holding in _holdings.values())
    return [holding.words(count) for holding, count in counted if count]
