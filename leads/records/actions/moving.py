"""Moving a lead along the funnel: forwards, backwards with a reason, and to its end."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.funnel.models import Reason, Stage
from leads.records import moving
from leads.records.actions import rules, steps
from leads.records.models import Deal, Lead, StagePassage
from workspace.errors import Conflict
from workspace.journal import actions as journal
from workspace.people.models import Person


class MovedMeanwhile(Conflict):
    """Somebody moved the lead first; `lead` is its state now."""

    title = gettext_lazy("Moved meanwhile")

    def __init__(self, lead: Lead) -> None:
        super().__init__(_("%(lead)s is in “%(stage)s” already.") % {"lead": lead, "stage": lead.stage})
        self.lead = lead


class MovedElsewhere(Conflict):
    """The move starts with something else: `url` says where."""

    title = gettext_lazy("Another step comes first")

    def __init__(self, url: str) -> None:
        super().__init__(_("Before this move something else has to be done."))
        self.url = url


@transaction.atomic
def move(
    lead: Lead,
    to: Stage,
    *,
    by: Person | None,
    at: datetime,
    seen_in: Stage | None = None,
    reason: Reason | None = None,
    reason_text: str = "",
) -> Lead:
    """Put the lead's current deal into `to`, and return the lead as stored.

    `seen_in` is the stage in which the mover saw it: when two people move a lead at once, the second is told where it is.
    Lost and disqualified take a `reason` of their list; moving back, and reopening, takes words in `reason_text`.

    Raises:
        PermissionDenied: `by` may not change leads.
        MovedMeanwhile: it is not where the mover saw it, or in `to` already.
        MovedElsewhere: a gate wants something else first.
        ValidationError: a reason is missing, or a gate refuses.
    """
    rules.demand_change(by)
    stored = rules.lock([lead])
    if lead.pk not in stored:
        raise Lead.DoesNotExist
    lead = stored[lead.pk]
    if lead.stage_id == to.pk or (seen_in is not None and lead.stage_id != seen_in.pk):
        raise MovedMeanwhile(lead)
    _judge(lead, to, by=by, reason=reason, text=reason_text.strip())
    put(lead, to, by=by, at=at, reason=reason, text=reason_text.strip())
    return lead


def put(lead: Lead, to: Stage, *, by: Person | None, at: datetime, reason: Reason | None, text: str) -> None:
    """Carry out a move that was judged, of a lead that is locked or new, and journal it.

    Raises:
        ValidationError: for `at`: the lead came into its present stage later.
    """
    deal = lead.deals.select_for_update(no_key=True).get(is_current=True)
    left, seconds = lead.stage, _leave(deal, to, by=by, at=at)
    _enter(lead, deal, to, at=at, reason=reason, text=text)
    if to.is_closed or (lead.owner_id is None and lead.marketer_id is None):
        # A closed deal has no next step; one that nobody has yet is its stage's department's.
        steps.follow([lead.pk], by=by, at=at)
    journal.record(
        "lead.moved",
        subject=lead,
        by=by,
        at=at,
        is_demo=lead.is_demo,
        came_from=left.name,
        from_stage=left.slug,
        to=to.name,
        to_stage=to.slug,
        seconds=seconds,
        deal=deal.number,
        reason=reason.name if reason else "",
        reason_text=text,
    )


def was_passed(stage: Stage) -> bool:
    """Whether a deal stands in `stage` or passed it; until the transaction ends none comes there.

    Waits for whoever is moving leads or taking them in, and lets others wait: asked only where a stage changes its nature.
    """
    with connection.cursor() as cursor:
        # References to stages are checked when a transaction ends, so that no lock of the stage's row would be in the way.
        cursor.execute("LOCK TABLE leads_records_stagepassage IN SHARE MODE")
    return StagePassage.objects.filter(stage=stage).exists()


def is_backwards(left: Stage, to: Stage) -> bool:
    """Whether going from `left` to `to` is a step back: to an earlier place on the path, or out of an end."""
    if to.kind in (Stage.Kind.LOST, Stage.Kind.DISQUALIFIED):
        return False
    return left.is_closed or to.position < left.position


def _judge(lead: Lead, to: Stage, *, by: Person | None, reason: Reason | None, text: str) -> None:
    if not to.is_active:
        raise ValidationError({"stage": _("“%s” is no longer in use.") % to})
    rules.demand_reason(to, reason, text)
    if is_backwards(lead.stage, to) and not text:
        raise ValidationError({"reason_text": _("Moving back takes a reason, in a few words.")})
    verdict = moving.judge(lead, to, by)
    if verdict.kind == "refuse":
        raise ValidationError({"stage": verdict.text})
    if verdict.kind == "instead":
        raise MovedElsewhere(verdict.text)


def _leave(deal: Deal, to: Stage, *, by: Person | None, at: datetime) -> int:
    """End the present passage and begin the next; returns the whole seconds spent."""
    passage = deal.passages.select_for_update(no_key=True).get(left_at=None)
    if at < passage.entered_at:
        raise ValidationError({"at": _("The lead came into its present stage later than that.")})
    passage.left_at = at
    passage.save(update_fields=["left_at"])
    StagePassage.objects.create(deal=deal, stage=to, entered_at=at, by=by)
    return passage.seconds(at)


def _enter(lead: Lead, deal: Deal, to: Stage, *, at: datetime, reason: Reason | None, text: str) -> None:
    on_path = to.kind in (Stage.Kind.OPEN, Stage.Kind.WON)
    deal.stage = to
    if on_path and to.position > deal.furthest_stage.position:
        deal.furthest_stage = to
    deal.closed_at = at if to.is_closed else None
    deal.outcome = to.kind if to.is_closed else ""
    deal.reason = reason if to.is_closed else None
    deal.reason_text = text if to.is_closed else ""
    deal.save(update_fields=["stage", "furthest_stage", "closed_at", "outcome", "reason", "reason_text"])
    lead.stage, lead.stage_entered_at, lead.closed_at, lead.lost_reason = to, at, deal.closed_at, deal.reason
    if on_path and to.position > lead.furthest_stage.position:
        lead.furthest_stage = to
    rules.take_up(lead)
    columns = [
        "stage", "stage_entered_at", "closed_at", "lost_reason", "furthest_stage", "to_sort_by", "to_sort_until",
    ]  # fmt: skip
    if to.is_closed and lead.next_step:
        lead.next_step, lead.next_step_at = "", None
        columns += ["next_step", "next_step_at"]
    lead.save(update_fields=columns)
    lead.refresh_from_db(fields=["version"])
