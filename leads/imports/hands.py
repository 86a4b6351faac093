"""Whose leads an import brought, gave into other hands or took, counted by person: told with its end, in one line a file."""

from datetime import datetime
from typing import Any

from django.db import connection

from leads.imports.models import Import

# By person: leads that are theirs now, that were theirs and are somebody else's, and that were theirs and are gone.
Hands = dict[str, dict[str, int]]

# Changes of hands since a moment are read by the journal's index of verbs, whatever else the journal holds.
_ASSIGNED = """
SELECT e.subject_id AS lead_id, change FROM workspace_journal_entry e
CROSS JOIN LATERAL jsonb_array_elements(e.personal -> 'changes') AS change
WHERE e.verb = 'lead.assigned' AND e.at >= %(since)s AND e.recorded_at >= %(since)s
AND {ours}
"""
_IMPORTED = "SELECT FROM leads_imports_importedlead i WHERE i.import_of_id = %(import)s AND i.lead_id = e.subject_id"
# What the file gave to one and then to another is a new lead of the latter alone.
_RUN = (
    f"e.way = 'import' AND e.facts ->> 'import' = %(import)s::text AND NOT EXISTS ({_IMPORTED} AND i.act = 'created')"
)
_REVERT = "e.way = 'worker' AND e.facts ->> 'import' = %(import)s::text"
_COUNTED = """
WITH assigned AS ({assigned}), theirs (person_id, what, lead_id) AS (
    SELECT hand.person_id, %(whole)s, l.id FROM leads_imports_importedlead i
    JOIN leads_records_lead l ON l.id = i.lead_id AND (l.owner_id IS NOT NULL OR l.marketer_id IS NOT NULL)
    CROSS JOIN LATERAL (VALUES (l.owner_id), (l.marketer_id)) AS hand (person_id)
    WHERE i.import_of_id = %(import)s AND i.act = 'created' AND {whole}
    UNION SELECT (change ->> 'new_id')::bigint, 'given', lead_id FROM assigned
    UNION SELECT (change ->> 'old_id')::bigint, 'taken', lead_id FROM assigned
)
SELECT person_id::text, what, count(*) FROM theirs WHERE person_id IS NOT NULL GROUP BY 1, 2
"""


def of_run(import_: Import) -> Hands:
    """Whose leads came or changed hands with the file. One query."""
    return _counted(import_, import_.created_at, "given", ours=_RUN, whole="l.deleted_at IS NULL")


def of_revert(import_: Import, since: datetime) -> Hands:
    """Whose leads went, or changed hands again, when the file was taken back, which began at `since`. One query."""
    return _counted(import_, since, "gone", ours=_REVERT, whole="l.deleted_at >= %(since)s")


def _counted(import_: Import, since: datetime, what: str, *, ours: str, whole: str) -> Hands:
    statement = _COUNTED.format(assigned=_ASSIGNED.format(ours=ours), whole=whole)
    params: dict[str, Any] = {"import": import_.pk, "since": since, "whole": what}
    hands: Hands = {}
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        for person, told, count in cursor.fetchall():
            hands.setdefault(person, {})[told] = count
    return hands
