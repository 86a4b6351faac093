"""Messages are written with what they tell of: by one statement for all that one act wrote, inside its transaction."""

from typing import Any, Final

from django.db import connection

from workspace import queue, verbs
from workspace.hooks.models import ALL_EVENTS, Endpoint
from workspace.journal.actions import Batch
from workspace.journal.models import IS_STORY

# So many entries go into one message. An act on a hundred thousand records is a thousand messages.
AT_ONCE: Final = 100

# The entries are asked for endpoint by endpoint, so that nothing is read of them while nobody listens; the day is for their
# partition alone.
_WRITE: Final = f"""
INSERT INTO workspace_hooks_delivery
       (endpoint_id, message_id, verb, batch_id, first_entry, last_entry, entries, made_at, state, due_at, tries, answer, error)
SELECT h.id, gen_random_uuid(), %(verb)s, %(batch)s::uuid, part.first, part.last, part.entries,
       statement_timestamp(), 'waiting', statement_timestamp(), 0, '', ''
FROM workspace_hooks_endpoint h
CROSS JOIN LATERAL (
    SELECT min(n.id) AS first, max(n.id) AS last, count(*) AS entries
    FROM (
        SELECT e.id, (row_number() OVER (ORDER BY e.id) - 1) / %(at_once)s AS part
        FROM workspace_journal_entry e
        WHERE e.batch_id = %(batch)s::uuid AND e.verb = %(verb)s AND e.recorded_at >= statement_timestamp() - interval '1 day'
          AND NOT ({IS_STORY}) AND h.is_on
    ) n
    GROUP BY n.part
) part
WHERE h.is_on AND (h.id = %(only)s OR (%(only)s IS NULL AND h.events && %(events)s::varchar[]))
ORDER BY h.id, part.first
"""  # noqa: S608 - the condition is ours


def hear(batch: Batch) -> None:
    """Write what endpoints hear of a batch. Costs one statement, and none for a verb that stays in the house."""
    if verbs.get(batch.verb).webhook:
        write(batch)


def write(batch: Batch, *, only: Endpoint | None = None) -> int:
    """Write the messages of a batch to all that listen, or to one whatever it listens to; returns how many."""
    params: dict[str, Any] = {
        "verb": batch.verb,
        "batch": str(batch.batch_id),
        "at_once": AT_ONCE,
        "events": [ALL_EVENTS, batch.verb],
        "only": only.pk if only else None,
    }
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, params)
        written: int = cursor.rowcount
    if written:
        queue.soon("workspace.hooks.deliver")
    return written
