"""The door by which upper rooms stop or redirect a move: criteria before MQL, crossing to sales, an opt-out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from leads.funnel.models import Stage
from leads.records.models import Lead
from workspace.people.models import Person


@dataclass(frozen=True)
class Verdict:
    """What a gate says of a move: go on, no (with a reason for the person), or do this instead (a URL)."""

    kind: Literal["allow", "refuse", "instead"]
    text: str = ""


ALLOW = Verdict("allow")


def refuse(reason: str) -> Verdict:
    return Verdict("refuse", reason)


def instead(url: str) -> Verdict:
    return Verdict("instead", url)


Gate = Callable[[Lead, Stage, Person | None], Verdict]
_gates: list[Gate] = []


def gate(fn: Gate) -> Gate:
    """Ask `fn` before every move; the first that does not allow it decides.

    Raises:
        ValueError: it stands there already.
    """
    if fn in _gates:
        raise ValueError(f"The gate {fn.__qualname__} is set twice.")
    _gates.append(fn)
    return fn


def gates() -> list[Gate]:
    """All gates, for the guard test."""
    return list(_gates)


def judge(lead: Lead, to: Stage, by: Person | None) -> Verdict:
    """The verdict of the first gate that does not allow the move, else leave to move."""
    verdicts = (fn(lead, to, by) for fn in _gates)
    return next((verdict for verdict in verdicts if verdict.kind != "allow"), ALLOW)
