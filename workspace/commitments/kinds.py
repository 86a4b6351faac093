"""Kinds of commitments, registered by the rooms whose work is owed."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.functional import Promise

from workspace.people.models import Person
from workspace.registry import Registry

if TYPE_CHECKING:
    from workspace.commitments.models import Commitment

Finish = Callable[["Commitment", Person | None, dt.datetime, str], object]


@dataclass(frozen=True)
class CommitmentKind:
    """A kind of commitment.

    A promise is what one department owes the other, and counts in service levels; anything else is a person's own work, seen by
    nobody else. `target_seconds` is the working time that it has where its maker says nothing. `finish` is what "Done" does
    where the room has more to do than to stop the clock: it calls `actions.meet_many` itself, and is called before anything is
    locked, so that the room locks its own records first, as it does elsewhere; what was rewritten since then it refuses. A kind
    that is not `by_hand` ends by its room's own acts alone. A `quiet` one writes no journal entries, because its room tells the
    same in its own words.
    """

    key: str
    label: str | Promise
    icon: str
    is_promise: bool
    target_seconds: int = 0
    finish: Finish | None = None
    by_hand: bool = True
    quiet: bool = False


_kinds: Registry[CommitmentKind] = Registry("commitment kind")


def register(kind: CommitmentKind) -> None:
    """Make a kind known.

    Raises:
        ValueError: the key is registered already.
    """
    _kinds.add(kind.key, kind)


def get(key: str) -> CommitmentKind:
    return _kinds[key]


def entries() -> dict[str, CommitmentKind]:
    """All kinds, for filters and the guard test."""
    return dict(_kinds)
