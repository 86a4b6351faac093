"""Setting clocks: when one warns, when it is due, when somebody has to look at it; and starting all of them for real."""

import datetime as dt
from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from workspace.commitments import policies
from workspace.commitments.models import WARNED_AFTER_PERCENT, Commitment
from workspace.commitments.options import PRACTICE
from workspace.journal.actions import Batch
from workspace.options import actions as options
from workspace.options.models import StoredOption
from workspace.people.models import Person
from workspace.worktime.hours import Hours
from workspace.worktime.resolving import Book


def book_for(commitments: Iterable[Commitment]) -> Book:
    """The hours of everybody who owes one of `commitments`."""
    return Book({one.debtor_id for one in commitments if one.debtor_id is not None})


def hours_for(commitment: Commitment, book: Book) -> Hours:
    """The hours in which its clock runs: the debtor's, else their department's."""
    if commitment.debtor_id is not None:
        return book.of_person(commitment.debtor_id)
    assert commitment.debtor_department_id is not None, "a commitment has a debtor"
    return book.of_department(commitment.debtor_department_id)


def set_clock(commitment: Commitment, book: Book, *, runs_from: dt.datetime, seconds: int) -> None:
    """Let the clock run with `seconds` of working time from `runs_from` on. Nothing is stored yet.

    Raises:
        NeverOpen: there is no such deadline.
    """
    hours = hours_for(commitment, book)
    commitment.runs_from, commitment.run_seconds = runs_from, seconds
    commitment.due_at = hours.deadline(runs_from, seconds)
    after_warning = (commitment.target_seconds or seconds) * (100 - WARNED_AFTER_PERCENT) // 100
    commitment.warn_at = hours.deadline(runs_from, max(0, seconds - after_warning)) if commitment.is_promise else None
    department = None if commitment.debtor_id is not None else commitment.debtor_department_id
    commitment.calendar = book.calendar_of(person=commitment.debtor_id, department=department)
    set_next_tick(commitment)


def set_next_tick(commitment: Commitment) -> None:
    """When the clock has to look at it: at the first of the moments that are still to come about."""
    if commitment.state != Commitment.State.RUNNING:
        commitment.next_tick_at = None
        return
    moments = [
        commitment.warn_at if commitment.warned_at is None and commitment.breached_at is None else None,
        commitment.due_at if commitment.breached_at is None else None,
        commitment.escalate_at,
    ]
    commitment.next_tick_at = min((moment for moment in moments if moment is not None), default=None)


def mark_passed(commitment: Commitment, at: dt.datetime) -> None:
    """Note what should have been noted by `at`, with its true time, where nobody looked since."""
    if commitment.state != Commitment.State.RUNNING:
        return
    if commitment.warned_at is None and commitment.warn_at is not None and commitment.warn_at < at:
        commitment.warned_at = commitment.warn_at
    if commitment.breached_at is None and commitment.due_at < at:
        commitment.breached_at = commitment.due_at


@transaction.atomic
def start_clocks(*, by: Person, at: dt.datetime) -> None:
    """End practice mode: from now on promises count, turn red, and go to those who lead.

    Raises:
        PermissionDenied: `by` is not the revenue lead.
    """
    if not policies.may_start_clocks(by):
        raise PermissionDenied(_("The revenue lead starts the clocks."))
    options.change(PRACTICE, False, by=by, at=at)


def hear_of_practice(batch: Batch) -> None:
    """When practice mode ends, open promises count from now on; what was missed while practising stays practice."""
    changed = [entry.subject_id for entry in batch.entries()]
    if StoredOption.objects.filter(pk__in=changed, key=PRACTICE.key, value=False).exists():
        Commitment.objects.open().filter(is_practice=True, breached_at=None).update(is_practice=False)
