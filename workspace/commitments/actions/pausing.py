"""Stopping a clock and letting it run on; what it had left is kept in working time."""

import datetime as dt

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from workspace.commitments import policies
from workspace.commitments.actions.clocks import book_for, hours_for, mark_passed, set_clock
from workspace.commitments.actions.ending import locked_open
from workspace.commitments.actions.telling import tell
from workspace.commitments.models import Commitment
from workspace.people.models import Person


@transaction.atomic
def pause(commitment: Commitment, *, by: Person | None, at: dt.datetime, reason: str) -> Commitment:
    """Stop the clock, with a reason; returns it as stored.

    Raises:
        PermissionDenied: `by` owes it; nobody stops their own clock.
        AlreadyClosed: somebody ended it first.
        ValidationError: it is paused already, its time is up, or there is no reason.
    """
    commitment = locked_open(commitment)
    _demand(by, commitment)
    reason = " ".join(reason.split())
    if commitment.state == Commitment.State.PAUSED:
        raise ValidationError(_("The clock is paused already."))
    mark_passed(commitment, at)
    if commitment.breached_at is not None:
        raise ValidationError(_("Its time is up; a pause would change nothing."))
    if not reason and commitment.is_promise:
        raise ValidationError({"reason": _("Say why, in a few words.")})
    if len(reason) > 300:  # noqa: PLR2004 - the column's length
        raise ValidationError({"reason": _("300 characters are possible.")})
    commitment.remaining_seconds = _remaining(commitment, at)
    commitment.state, commitment.paused_at, commitment.pause_reason = Commitment.State.PAUSED, at, reason
    commitment.next_tick_at = None
    commitment.save(
        update_fields=["state", "paused_at", "remaining_seconds", "pause_reason", "next_tick_at", "warned_at"]
    )
    tell("commitment.paused", [commitment], by=by, at=at, facts=lambda _one: {"reason": reason})
    return commitment


@transaction.atomic
def resume(commitment: Commitment, *, by: Person | None, at: dt.datetime) -> Commitment:
    """Let the clock run on with what it had left, from the next opening where it is closed now; returns it as stored.

    Raises:
        PermissionDenied: `by` may not.
        AlreadyClosed: somebody ended it meanwhile.
        ValidationError: it runs already, or no working time leads to a deadline.
    """
    commitment = locked_open(commitment)
    _demand(by, commitment)
    if commitment.state != Commitment.State.PAUSED or commitment.remaining_seconds is None:
        raise ValidationError(_("The clock runs already."))
    left = commitment.remaining_seconds
    commitment.state, commitment.paused_at, commitment.remaining_seconds = Commitment.State.RUNNING, None, None
    set_clock(commitment, book_for([commitment]), runs_from=at, seconds=left)
    commitment.save(
        update_fields=[
            "state", "paused_at", "remaining_seconds", "runs_from", "run_seconds", "due_at", "warn_at", "calendar",
            "next_tick_at",
        ]
    )  # fmt: skip
    tell("commitment.resumed", [commitment], by=by, at=at)
    return commitment


def _remaining(commitment: Commitment, at: dt.datetime) -> int:
    hours = hours_for(commitment, book_for([commitment]))
    if commitment.run_seconds is None:
        return hours.elapsed(at, commitment.due_at)
    return hours.remaining(commitment.runs_from, commitment.run_seconds, at)


def _demand(by: Person | None, commitment: Commitment) -> None:
    if by is not None and not policies.may_pause(by, commitment):
        raise PermissionDenied(_("Nobody stops their own clock; ask whom it is owed to."))
