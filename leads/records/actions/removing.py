"""Taking leads out, and moves back, in sets: what the bin and an import that is taken back ask for."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import connection, transaction

from leads.records.actions import rules, steps
from leads.records.models import Lead
from workspace.journal import actions as journal
from workspace.people.models import Person

# The last stays of the current deals of leads, the present one first, for as many as are to be undone and one more.
_STAYS = """
CREATE TEMP TABLE undone_stays ON COMMIT DROP AS
SELECT * FROM (
    SELECT deal.lead_id, deal.id AS deal_id, deal.number, passage.id, passage.stage_id, passage.entered_at, asked.moves,
        row_number() OVER (PARTITION BY deal.id ORDER BY passage.entered_at DESC, passage.id DESC) AS place,
        count(*) OVER (PARTITION BY deal.id) AS stays
    FROM unnest(%s::bigint[], %s::integer[]) AS asked (lead_id, moves)
    JOIN leads_records_deal deal ON deal.lead_id = asked.lead_id AND deal.is_current
    JOIN leads_records_stagepassage passage ON passage.deal_id = deal.id
) AS stay WHERE place <= moves + 1 AND stays > moves
"""
_UNDO = (
    """
    DELETE FROM leads_records_stagepassage passage USING undone_stays stay
    WHERE passage.id = stay.id AND stay.place <= stay.moves
    """,
    """
    UPDATE leads_records_stagepassage passage SET left_at = NULL FROM undone_stays stay
    WHERE passage.id = stay.id AND stay.place = stay.moves + 1
    """,
    """
    UPDATE leads_records_deal deal SET stage_id = stay.stage_id, reason_id = why.reason_id,
        reason_text = coalesce(why.words, ''),
        closed_at = CASE WHEN stage.kind = 'open' THEN NULL ELSE stay.entered_at END,
        outcome = CASE WHEN stage.kind = 'open' THEN '' ELSE stage.kind END,
        furthest_stage_id = coalesce((
            SELECT passed.id FROM leads_records_stagepassage passage
            JOIN leads_funnel_stage passed ON passed.id = passage.stage_id AND passed.kind IN ('open', 'won')
            WHERE passage.deal_id = deal.id ORDER BY passed.position DESC LIMIT 1
        ), stay.stage_id)
    FROM undone_stays stay JOIN leads_funnel_stage stage ON stage.id = stay.stage_id LEFT JOIN LATERAL (
        SELECT reason.id AS reason_id, entry.personal ->> 'reason_text' AS words FROM workspace_journal_entry entry
        LEFT JOIN leads_funnel_reason reason
            ON reason.kind = stage.kind AND lower(reason.name) = lower(entry.facts ->> 'reason')
        WHERE stage.kind <> 'open' AND entry.thread_kind = 'lead' AND entry.thread_id = stay.lead_id
            AND entry.at = stay.entered_at AND entry.verb = 'lead.moved'
        ORDER BY entry.facts ->> 'to_stage' = stage.slug DESC, entry.id DESC LIMIT 1
    ) AS why ON true
    WHERE stay.place = stay.moves + 1 AND deal.id = stay.deal_id
    """,
    """
    UPDATE leads_records_lead lead SET stage_id = deal.stage_id, stage_entered_at = stay.entered_at,
        closed_at = deal.closed_at, lost_reason_id = deal.reason_id, furthest_stage_id = coalesce((
            SELECT furthest.id FROM leads_records_deal every
            JOIN leads_funnel_stage furthest ON furthest.id = every.furthest_stage_id
            WHERE every.lead_id = lead.id ORDER BY furthest.position DESC LIMIT 1
        ), lead.furthest_stage_id)
    FROM undone_stays stay JOIN leads_records_deal deal ON deal.id = stay.deal_id
    WHERE stay.place = stay.moves + 1 AND lead.id = stay.lead_id
    """,
)
_TOLD = """
SELECT %(at)s::timestamptz, 'lead', present.lead_id, 'lead', present.lead_id, jsonb_build_object(
    'came_from', came_from.name, 'from_stage', came_from.slug, 'to', stage.name, 'to_stage', stage.slug,
    'seconds', greatest(0, extract(epoch FROM %(at)s::timestamptz - present.entered_at))::bigint,
    'deal', present.number, 'reason', '', 'import', %(import)s::bigint
), jsonb_build_object('reason_text', %(reason)s::text), lead.is_demo
FROM undone_stays present
JOIN undone_stays stay ON stay.deal_id = present.deal_id AND stay.place = stay.moves + 1
JOIN leads_records_lead lead ON lead.id = present.lead_id
JOIN leads_funnel_stage came_from ON came_from.id = present.stage_id
JOIN leads_funnel_stage stage ON stage.id = stay.stage_id
WHERE present.place = 1
"""


def take_out(ids: Sequence[int], *, by: Person | None, at: datetime) -> list[int]:
    """Put those of the leads that are there into the bin, with their open next steps, and return which; inside the caller's
    transaction, who tells of it."""
    living = Lead.objects.living().filter(pk__in=ids).order_by("pk")
    found = list(living.select_for_update(no_key=True).values_list("pk", flat=True))
    if found:
        Lead.objects.filter(pk__in=found).update(deleted_at=at)
        steps.follow(found, by=by, at=at)
    return found


@transaction.atomic
def remove_many(ids: Sequence[int], *, by: Person | None, at: datetime, reason: str, import_id: int) -> int:
    """Take leads out: no list, search or number has them any more, and their addresses are free. Returns how many there were.

    Raises:
        PermissionDenied: `by` may not change leads.
    """
    rules.demand_change(by)
    found = take_out(ids, by=by, at=at)
    if found:
        journal.record_select(
            "lead.removed",
            "SELECT %(at)s::timestamptz, 'lead', id, 'lead', id, "
            "jsonb_build_object('reason', %(reason)s::text, 'import', %(import)s::bigint), '{}'::jsonb, is_demo "
            "FROM leads_records_lead WHERE id = ANY(%(ids)s)",
            {"at": at, "reason": reason, "import": import_id, "ids": found},
            by=by,
        )
    return len(found)


@transaction.atomic
def unmove_many(moves: Mapping[int, int], *, by: Person | None, at: datetime, reason: str, import_id: int) -> None:
    """Undo the last moves of leads, as many as `moves` says by lead id: their stays go, and the one before goes on.

    The journal keeps the moves and tells that they were taken back; why a deal came to the end at which it stands again, it knows
    from the move that led there.

    Raises:
        PermissionDenied: `by` may not change leads.
    """
    rules.demand_change(by)
    if not moves:
        return
    list(Lead.objects.filter(pk__in=moves).order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(_STAYS, [list(moves), list(moves.values())])
    # Told first, while the stays that go are still known by where they were.
    journal.record_select("lead.moved", _TOLD, {"at": at, "reason": reason, "import": import_id}, by=by)
    with connection.cursor() as cursor:
        for statement in _UNDO:
            cursor.execute(statement)
        cursor.execute("DROP TABLE undone_stays")
    # A step that is nobody's yet is for the department of the stage.
    steps.follow(moves, by=by, at=at)
