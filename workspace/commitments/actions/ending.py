"""Ending commitments: kept, kept late, or let go of."""

import datetime as dt
from collections.abc import Iterable

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workspace.commitments import policies
from workspace.commitments.actions.clocks import mark_passed
from workspace.commitments.actions.telling import tell
from workspace.commitments.models import Commitment
from workspace.errors import Conflict
from workspace.people.models import Person

LONGEST_WORD = 2_000
_CLOSING = (
    "state", "closed_at", "closed_by", "answer", "warned_at", "breached_at", "paused_at", "remaining_seconds",
    "next_tick_at", "escalate_at",
)  # fmt: skip


class AlreadyClosed(Conflict):
    """Somebody ended it first; `commitment` is its state now."""

    title = gettext_lazy("Already closed")

    def __init__(self, commitment: Commitment) -> None:
        words = _("“%(text)s” is %(state)s already.")
        super().__init__(words % {"text": commitment.text, "state": commitment.get_state_display()})
        self.commitment = commitment


class Rewritten(Conflict):
    """It says something else than whoever did it was shown; `commitment` is its state now."""

    title = gettext_lazy("Changed meanwhile")

    def __init__(self, commitment: Commitment) -> None:
        super().__init__(_("This is by now: %s") % commitment.text)
        self.commitment = commitment


def locked(ids: Iterable[int]) -> list[Commitment]:
    """The commitments as stored now, locked until the transaction ends; in order of id, so that sets never block each other."""
    held = list(
        Commitment.objects.select_for_update(no_key=True)
        .filter(pk__in=list(ids))
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    return list(Commitment.objects.with_people().filter(pk__in=held).order_by("pk"))


def locked_open(commitment: Commitment) -> Commitment:
    """One commitment, locked.

    Raises:
        AlreadyClosed: it is not open any more.
    """
    found = locked([commitment.pk])
    if not found:
        raise Commitment.DoesNotExist
    if not found[0].is_open:
        raise AlreadyClosed(found[0])
    return found[0]


@transaction.atomic
def finish(
    commitment: Commitment, *, by: Person, at: dt.datetime, text: str = "", shown: str | None = None
) -> Commitment:
    """Say that it is done, with a word to whom it was owed; returns it as stored. What its room has to do is done, too.

    `shown` is what whoever did it was shown to be owed.

    Raises:
        PermissionDenied: `by` does not owe it, or it ends by its room's own acts alone.
        AlreadyClosed: somebody ended it first.
        Rewritten: it says something else by now, which nobody has done.
        ValidationError: the word is too long.
    """
    by_its_room = commitment.definition.finish
    # A room locks its own record first, as in all that it does; to lock the commitment before would let the two wait for each
    # other for good.
    commitment = (
        locked_open(commitment) if by_its_room is None else Commitment.objects.with_people().get(pk=commitment.pk)
    )
    if not policies.may_finish(by, commitment):
        raise PermissionDenied(_("Only who owes it says that it is done."))
    if not commitment.definition.by_hand:
        raise PermissionDenied(_("This ends by what is decided, not by hand."))
    if not commitment.is_open:
        raise AlreadyClosed(commitment)
    if shown not in (None, commitment.text):
        raise Rewritten(commitment)
    if by_its_room is None:
        return meet(commitment, by=by, at=at, text=text)
    by_its_room(commitment, by, at, text)
    return Commitment.objects.with_people().get(pk=commitment.pk)


def meet(commitment: Commitment, *, by: Person | None, at: dt.datetime, text: str = "") -> Commitment:
    """Note that it was done at `at`, and return it as stored; see `meet_many`.

    Raises:
        AlreadyClosed: somebody ended it first.
    """
    commitment = locked_open(commitment)
    return meet_many([commitment], by=by, at=at, text=text)[0]


@transaction.atomic
def meet_many(
    commitments: Iterable[Commitment], *, by: Person | None, at: dt.datetime, text: str = ""
) -> list[Commitment]:
    """Note that these were done at `at`: kept, or kept late where that was after they were due. Closed ones stay as they are.

    The rooms whose work it is call this when the work is done; they have asked whether `by` may.

    Raises:
        ValidationError: for `text`: it is too long.
    """
    text = _word(text)
    open_ones = [one for one in locked([one.pk for one in commitments]) if one.is_open]
    for one in open_ones:
        mark_passed(one, at)
        one.state = Commitment.State.MET_LATE if one.breached_at is not None else Commitment.State.MET
        one.answer = text
        _close(one, by, at)
    _store(open_ones)
    kept = [one for one in open_ones if one.state == Commitment.State.MET]
    late = [one for one in open_ones if one.state == Commitment.State.MET_LATE]
    tell("commitment.kept", kept, by=by, at=at, facts=lambda _one: {"word": text})
    tell("commitment.kept_late", late, by=by, at=at, facts=lambda _one: {"word": text})
    return open_ones


@transaction.atomic
def cancel(commitment: Commitment, *, by: Person | None, at: dt.datetime, reason: str) -> Commitment:
    """Let go of it, with a reason; returns it as stored.

    Raises:
        PermissionDenied: it is not owed to `by`.
        AlreadyClosed: somebody ended it first.
        ValidationError: for `reason`.
    """
    commitment = locked_open(commitment)
    if by is not None and not policies.may_cancel(by, commitment):
        raise PermissionDenied(_("Only whom it is owed to lets go of it."))
    reason = _word(reason, "reason")
    if not reason and commitment.is_promise:
        raise ValidationError({"reason": _("Say why, in a few words.")})
    mark_passed(commitment, at)
    commitment.state, commitment.answer = Commitment.State.CANCELLED, reason
    _close(commitment, by, at)
    _store([commitment])
    tell("commitment.cancelled", [commitment], by=by, at=at, facts=lambda _one: {"reason": reason})
    return commitment


def _close(commitment: Commitment, by: Person | None, at: dt.datetime) -> None:
    commitment.closed_at, commitment.closed_by = at, by
    commitment.paused_at = commitment.remaining_seconds = commitment.next_tick_at = commitment.escalate_at = None


def _store(commitments: list[Commitment]) -> None:
    Commitment.objects.bulk_update(commitments, _CLOSING, batch_size=500)


def _word(text: str, field: str = "text") -> str:
    text = text.replace("\x00", "").strip()
    if len(text) > LONGEST_WORD:
        raise ValidationError({field: _("2,000 characters are possible.")})
    return text
