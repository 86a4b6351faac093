"""What the clock does: it marks warnings and misses with their true times, and takes late promises to those who lead."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from django.db import connection, transaction
from django.utils import timezone

from workspace.commitments.actions.clocks import set_next_tick
from workspace.commitments.actions.telling import tell
from workspace.commitments.models import Commitment
from workspace.commitments.options import ESCALATE_AGAIN_HOURS
from workspace.journal import actions as journal
from workspace.people.models import Person
from workspace.people.roles import Role
from workspace.worktime.hours import NeverOpen
from workspace.worktime.resolving import Book

AT_ONCE: Final = 500
TO_LEAD, TO_REVENUE_LEAD = 1, 2

# One statement for any number of rows. A row that another worker holds is left to it, and the moments that are marked are those
# at which things fell due, however late the clock looks. LEAST leaves NULLs out.
_TICK: Final = """
WITH due AS (
  SELECT id, warned_at, breached_at FROM workspace_commitments_commitment
  WHERE next_tick_at < %(now)s ORDER BY next_tick_at, id LIMIT %(limit)s FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE workspace_commitments_commitment AS one SET
  warned_at = COALESCE(one.warned_at, CASE WHEN one.warn_at < %(now)s THEN one.warn_at END),
  breached_at = COALESCE(one.breached_at, CASE WHEN one.due_at < %(now)s THEN one.due_at END),
  escalate_at = CASE
    WHEN due.breached_at IS NULL AND one.due_at < %(now)s AND one.is_promise AND NOT one.is_practice THEN one.due_at
    ELSE one.escalate_at END,
  next_tick_at = LEAST(
    CASE WHEN one.warn_at >= %(now)s AND due.warned_at IS NULL THEN one.warn_at END,
    CASE WHEN one.due_at >= %(now)s AND due.breached_at IS NULL THEN one.due_at END,
    CASE WHEN one.escalate_at >= %(now)s THEN one.escalate_at END)
FROM due WHERE one.id = due.id
RETURNING one.id,
  due.warned_at IS NULL AND one.warned_at IS NOT NULL,
  due.breached_at IS NULL AND one.breached_at IS NOT NULL,
  one.escalate_at < %(now)s
"""

# What the journal is told of marked rows: private work stands on its own thread, a promise on that of what it is about.
_TOLD: Final = """
SELECT {column}, 'commitment', id,
  CASE WHEN is_promise AND subject_id IS NOT NULL THEN subject_kind ELSE 'commitment' END,
  CASE WHEN is_promise AND subject_id IS NOT NULL THEN subject_id ELSE id END,
  jsonb_build_object('kind', kind, 'debtor', debtor_id, 'debtor_department', debtor_department_id,
    'creditor', creditor_id, 'creditor_department', creditor_department_id, 'due', due_at, 'is_practice', is_practice),
  jsonb_build_object('text', text), is_demo
FROM workspace_commitments_commitment WHERE id = ANY(%(ids)s)
"""


@transaction.atomic
def tick(now: dt.datetime, *, limit: int = AT_ONCE) -> int:
    """Look at the rows that are due for it, and return how many they were; a second run at the same moment finds none.

    Costs one statement for the marks, one a journal verb, and a few more where promises go to those who lead.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TICK, {"now": now, "limit": limit})
        rows: list[tuple[int, bool, bool, bool]] = cursor.fetchall()
    # Warned of late is as good as not warned of: who missed it is told that alone.
    _tell("commitment.warned", "warned_at", [pk for pk, warned, missed, _late in rows if warned and not missed])
    _tell("commitment.breached", "breached_at", [pk for pk, _warned, missed, _late in rows if missed])
    _escalate([pk for pk, _warned, _missed, late in rows if late], now)
    return len(rows)


def _tell(verb: str, column: str, ids: Sequence[int]) -> None:
    if ids:
        journal.record_select(verb, _TOLD.format(column=column), {"ids": list(ids)}, by=None)


def _escalate(ids: Sequence[int], now: dt.datetime) -> None:
    """Take missed promises to the lead of the department that owes them, later to the revenue lead; in working time alone."""
    if not ids:
        return
    commitments = list(Commitment.objects.filter(pk__in=ids).select_related("debtor_department").order_by("pk"))
    book, again = Book(), ESCALATE_AGAIN_HOURS.get() * 3_600
    leads = _leads()
    told = [one for one in commitments if _escalate_one(one, book, now, again, leads)]
    fields = ["escalation", "escalated_at", "escalate_at", "next_tick_at"]
    Commitment.objects.bulk_update(commitments, fields, batch_size=AT_ONCE)
    tell("commitment.escalated", told, by=None, at=now, facts=lambda one: _recipients(one, leads))


def _escalate_one(
    one: Commitment, book: Book, now: dt.datetime, again: int, leads: dict[tuple[str, int], list[Person]]
) -> bool:
    """Set the next level, or wait for the next opening; whether somebody is to be told now."""
    assert one.debtor_department_id is not None, "only promises are escalated"
    hours = book.of_department(one.debtor_department_id)
    is_told = False
    try:
        if hours.is_open(now):
            # Where nobody leads the department, or its lead owes it, the revenue lead is told at once.
            first = TO_LEAD if _others(one, leads[Role.DEPARTMENT_LEAD, one.debtor_department_id]) else TO_REVENUE_LEAD
            one.escalation = max(one.escalation + 1, first)
            one.escalated_at, is_told = now, True
            one.escalate_at = hours.deadline(now, again) if one.escalation < TO_REVENUE_LEAD else None
        else:
            one.escalate_at = hours.next_opening(now)
    except NeverOpen:
        one.escalate_at = None
    set_next_tick(one)
    return is_told


def _leads() -> dict[tuple[str, int], list[Person]]:
    """Who leads, by role and department."""
    found: dict[tuple[str, int], list[Person]] = defaultdict(list)
    people = Person.objects.active().filter(groups__name__in=[Role.DEPARTMENT_LEAD, Role.REVENUE_LEAD])
    for person in people.prefetch_related("groups", "departments").distinct().order_by("pk"):
        for role in person.roles:
            for department in person.departments.all():
                found[role, department.pk].append(person)
    return found


def _others(one: Commitment, people: Sequence[Person]) -> list[Person]:
    return [person for person in people if person.pk != one.debtor_id]


def _recipients(one: Commitment, leads: dict[tuple[str, int], list[Person]]) -> dict[str, object]:
    assert one.debtor_department_id is not None, "only promises are escalated"
    role = Role.DEPARTMENT_LEAD if one.escalation == TO_LEAD else Role.REVENUE_LEAD
    people = _others(one, leads[role, one.debtor_department_id])
    names = ", ".join(str(person) for person in people) or "–"
    return {"people": [person.pk for person in people], "to": names, "level": one.escalation}


def tick_all() -> int:
    """Look at everything that is due now, 500 rows a transaction; returns how many they were."""
    done = 0
    while True:
        ticked = tick(timezone.now())
        done += ticked
        if ticked < AT_ONCE:
            return done
