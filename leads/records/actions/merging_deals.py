"""The deals of two leads that are merged: all go to the survivor, one goes on, and each goes back when the merge is undone."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection

from leads.records.models import Deal, Lead, Merge, MergeMove, StagePassage
from leads.records.models.deals import MERGED

_DEAL, _PASSAGE = Deal._meta.label, StagePassage._meta.label

# Stage, value and closing of a lead are those of its current deal.
_FOLLOW_DEAL = """
UPDATE leads_records_lead lead SET stage_id = deal.stage_id, closed_at = deal.closed_at, lost_reason_id = deal.reason_id,
    offering_id = deal.offering_id, value = deal.value, currency = deal.currency, value_base = deal.value_base,
    stage_entered_at = coalesce((
        SELECT passage.entered_at FROM leads_records_stagepassage passage WHERE passage.deal_id = deal.id
        ORDER BY passage.entered_at DESC, passage.id DESC LIMIT 1
    ), lead.stage_entered_at),
    furthest_stage_id = (
        SELECT furthest.id FROM leads_records_deal every
        JOIN leads_funnel_stage furthest ON furthest.id = every.furthest_stage_id
        WHERE every.lead_id = lead.id ORDER BY furthest.position DESC, furthest.id LIMIT 1
    )
FROM leads_records_deal deal WHERE deal.lead_id = lead.id AND deal.is_current AND lead.id = ANY(%s)
"""


def join(merge: Merge, *, others_goes_on: bool, at: datetime) -> None:
    """Give the survivor all deals of both, those that ended first numbered as they were opened, and the one that goes on last.

    Where both were open, the one that does not go on ends: not won or lost, but merged.
    """
    deals = list(Deal.objects.filter(lead__in=(merge.survivor_id, merge.merged_id)).select_for_update().order_by("pk"))
    before = {deal.pk: _stored(deal) for deal in deals}
    goes_on = next(deal for deal in deals if deal.is_current and (deal.lead_id == merge.merged_id) is others_goes_on)
    # The survivor's earlier deals keep their numbers, by which its timeline speaks of them.
    rest = sorted(
        (deal for deal in deals if deal is not goes_on),
        key=lambda deal: (deal.lead_id != merge.survivor_id, deal.number),
    )
    for number, deal in enumerate([*rest, goes_on], start=1):
        deal.number, deal.lead_id, deal.is_current = number, merge.survivor_id, deal is goes_on
    ended = [deal for deal in rest if deal.closed_at is None]
    for deal in ended:
        deal.closed_at, deal.outcome = max(at, deal.opened_at), MERGED
    _write(deals)
    MergeMove.objects.bulk_create(
        MergeMove(merge=merge, model=_DEAL, row=deal.pk, before=before[deal.pk], after=_stored(deal))
        for deal in deals
        if before[deal.pk] != _stored(deal)
    )
    _leave(merge, ended, at)
    follow_deals([merge.survivor_id])


def _leave(merge: Merge, ended: Iterable[Deal], at: datetime) -> None:
    passages = list(StagePassage.objects.filter(deal__in=list(ended), left_at=None))
    for passage in passages:
        passage.left_at = max(at, passage.entered_at)
    StagePassage.objects.bulk_update(passages, ["left_at"])
    MergeMove.objects.bulk_create(
        MergeMove(
            merge=merge,
            model=_PASSAGE,
            row=one.pk,
            before={"left_at": None},
            after={"left_at": one.left_at.isoformat()},
        )
        for one in passages
        if one.left_at is not None
    )


def part(merge: Merge) -> None:
    """Give each lead its deals again, as far as they came since; a deal that was opened since stays with the survivor.

    The survivor's own deal that the merge ended goes on again, unless a later one was opened since.
    """
    moves = {move.row: move.before for move in merge.moves.filter(model=_DEAL)}
    stored = Deal.objects.filter(lead=merge.survivor_id).select_for_update().order_by("pk")
    deals = {deal.pk: deal for deal in stored}
    known = [deals[pk] for pk in moves if pk in deals]
    was_others = {deal.pk for deal in known if moves[deal.pk]["lead_id"] == merge.merged_id}
    own = [deal for deal in deals.values() if deal.pk not in was_others]
    has_later = any(deal.is_current and deal.pk not in moves for deal in own)
    reopened = []
    for deal in known:
        before = moves[deal.pk]
        deal.lead_id, deal.number = before["lead_id"], before["number"]
        goes_on = before["is_current"] and (deal.pk in was_others or not has_later)
        deal.is_current = goes_on
        if deal.outcome == MERGED and goes_on:
            deal.closed_at, deal.outcome = None, ""
            reopened.append(deal)
    _write(known)
    left = [move.row for move in merge.moves.filter(model=_PASSAGE)]
    StagePassage.objects.filter(pk__in=left, deal__in=reopened).update(left_at=None)
    follow_deals([merge.survivor_id, merge.merged_id])


def follow_deals(leads: Iterable[int]) -> None:
    """Let the leads' own columns say what their current deals say."""
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOW_DEAL, [list(leads)])


def is_open(lead: Lead) -> bool:
    """Whether the lead's current deal, as stored now, is open. Costs one query."""
    return Deal.objects.filter(lead=lead, is_current=True, closed_at=None).exists()


def _write(deals: list[Deal]) -> None:
    """Write the deals in two steps, since numbers and the current one are unique within a lead at every moment."""
    if not deals:
        return
    final = [(deal, deal.number, deal.is_current) for deal in deals]
    for place, deal in enumerate(deals):
        # Beyond any number that a lead has.
        deal.number, deal.is_current = 30_000 + place, False
    Deal.objects.bulk_update(deals, ["number", "is_current"])
    for deal, number, is_current in final:
        deal.number, deal.is_current = number, is_current
    Deal.objects.bulk_update(deals, ["lead", "number", "is_current", "closed_at", "outcome"])


def _stored(deal: Deal) -> dict[str, Any]:
    return {
        "lead_id": deal.lead_id,
        "number": deal.number,
        "is_current": deal.is_current,
        "outcome": deal.outcome,
    }
