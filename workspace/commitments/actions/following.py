"""Commitments that go with a date that a room keeps at its own records, as the next step of a lead: one for each record."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db import connection

from workspace.commitments import kinds
from workspace.commitments.models import Commitment
from workspace.people.models import Person

# One statement for any number of records. What moved to another day is a new date, which can be missed anew.
_FOLLOW: Final = """
WITH wanted (subject_id, text, due_at, debtor_id, department_id, is_demo) AS MATERIALIZED ({select}),
held AS (
  SELECT c.id, c.subject_id FROM workspace_commitments_commitment c JOIN wanted w ON w.subject_id = c.subject_id
  WHERE c.subject_kind = %(f_subject)s AND c.kind = %(f_kind)s AND c.state IN ('running', 'paused')
),
gone AS (
  UPDATE workspace_commitments_commitment c
  SET state = 'cancelled', closed_at = %(f_at)s, closed_by_id = %(f_by)s, next_tick_at = NULL, paused_at = NULL,
    remaining_seconds = NULL
  FROM held JOIN wanted w ON w.subject_id = held.subject_id
  WHERE c.id = held.id AND w.text = ''
),
moved AS (
  UPDATE workspace_commitments_commitment c
  SET text = w.text, due_at = w.due_at, debtor_id = w.debtor_id, debtor_department_id = w.department_id,
    breached_at = CASE WHEN c.due_at = w.due_at THEN c.breached_at WHEN w.due_at < %(f_at)s THEN w.due_at END,
    next_tick_at = CASE WHEN c.due_at = w.due_at THEN c.next_tick_at WHEN w.due_at >= %(f_at)s THEN w.due_at END
  FROM held JOIN wanted w ON w.subject_id = held.subject_id
  WHERE c.id = held.id AND w.text <> ''
    AND (c.text, c.due_at, c.debtor_id, c.debtor_department_id)
      IS DISTINCT FROM (w.text, w.due_at, w.debtor_id, w.department_id)
)
INSERT INTO workspace_commitments_commitment
  (kind, is_promise, text, debtor_id, debtor_department_id, subject_kind, subject_id, state, is_practice, made_by_id,
   started_at, due_at, runs_from, breached_at, escalation, pause_reason, answer, next_tick_at, is_demo)
SELECT %(f_kind)s, false, w.text, w.debtor_id, w.department_id, %(f_subject)s, w.subject_id, 'running', false, %(f_by)s,
  %(f_at)s, w.due_at, %(f_at)s, CASE WHEN w.due_at < %(f_at)s THEN w.due_at END, 0, '', '',
  CASE WHEN w.due_at >= %(f_at)s THEN w.due_at END, w.is_demo
FROM wanted w WHERE w.text <> '' AND NOT EXISTS (SELECT FROM held WHERE held.subject_id = w.subject_id)
"""


def follow_dates(
    kind: str, subject_kind: str, select: str, params: Mapping[str, Any], *, by: Person | None, at: dt.datetime
) -> None:
    """Let the open commitments of a private kind be what the SQL `select` says, inside the caller's transaction.

    The select yields the columns `subject_id, text, due_at, debtor_id, department_id, is_demo` for every record in question, with
    an empty text where nothing is to be done (any more). The caller holds the records' locks.

    Raises:
        KeyError: nobody registered the kind.
    """
    assert not kinds.get(kind).is_promise, "promises are made, kept and let go of, never rewritten"
    fixed = {"f_kind": kind, "f_subject": subject_kind, "f_by": by.pk if by else None, "f_at": at}
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOW.format(select=select), {**params, **fixed})


def forget_about(subject_kind: str, ids: Sequence[int]) -> None:
    """Let go of the private work about records that are deleted for good; what was promised stays."""
    Commitment.objects.filter(subject_kind=subject_kind, subject_id__in=ids, is_promise=False).delete()
