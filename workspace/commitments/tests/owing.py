"""Promises of tests: Monday to Friday from nine to six in UTC, the calendar with which a workspace begins."""

import datetime as dt

from workspace.commitments import actions
from workspace.commitments.models import Commitment
from workspace.people.models import Department, Person

HOUR = 3_600
# A Tuesday morning; two hours from then are Tuesday 12:00.
TEN = dt.datetime(2026, 11, 17, 10, tzinfo=dt.UTC)


def at(text: str) -> dt.datetime:
    """`17T12:30` of November 2026."""
    return dt.datetime.fromisoformat(f"2026-11-{text}+00:00")


def department(key: str) -> Department:
    return Department.objects.get(key=key)


def draft(
    debtor: Person | None, text: str = "Answer the objection", hours: float = 2, side: str = "M"
) -> actions.Draft:
    """What `side` promises to the other one."""
    return actions.Draft(
        "promise",
        text,
        debtor=debtor,
        debtor_department=department(side),
        creditor_department=department("S" if side == "M" else "M"),
        target_seconds=int(hours * HOUR),
    )


def promise(debtor: Person | None, text: str = "Answer the objection", hours: float = 2, side: str = "M") -> Commitment:
    """A promise made on Tuesday at ten."""
    return actions.make(draft(debtor, text, hours, side), by=debtor, at=TEN)
