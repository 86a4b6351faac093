"""Computing open deadlines anew, after a calendar or an absence changed or a commitment went into other hands."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from workspace.commitments.actions.clocks import book_for, hours_for, set_clock, set_next_tick
from workspace.commitments.models import Commitment
from workspace.jobs import actions as jobs
from workspace.jobs.models import Job
from workspace.journal.actions import Batch
from workspace.worktime.hours import NeverOpen

STEP: Final = 500
_CLOCK = ("due_at", "warn_at", "calendar", "next_tick_at")


@transaction.atomic
def recompute(ids: Iterable[int], *, at: dt.datetime) -> int:
    """Compute the deadlines of running clocks anew; returns how many have another one now.

    Nobody becomes late in hindsight: a deadline that would lie before `at` is the next opening after it. What was missed
    stays missed. A clock that no working time leads to an end keeps the deadline that it had.
    """
    rows = Commitment.objects.select_for_update(no_key=True, of=("self",)).running()
    commitments = list(
        rows.filter(pk__in=list(ids), breached_at=None, run_seconds__isnull=False, due_at__gt=at).order_by("pk")
    )
    changed = _recomputed(commitments, at)
    Commitment.objects.bulk_update(changed, _CLOCK, batch_size=STEP)
    return len(changed)


def _recomputed(commitments: Sequence[Commitment], at: dt.datetime) -> list[Commitment]:
    book = book_for(commitments)
    changed = []
    for one in commitments:
        before = (one.due_at, one.warn_at, one.calendar_id)
        try:
            set_clock(one, book, runs_from=one.runs_from, seconds=one.run_seconds or 0)
            if one.due_at <= at:
                one.due_at = hours_for(one, book).next_opening(at)
        except NeverOpen:
            one.due_at, one.warn_at, one.calendar_id = before
        set_next_tick(one)
        if before != (one.due_at, one.warn_at, one.calendar_id):
            changed.append(one)
    return changed


def recompute_steps(job: Job) -> Iterator[None]:
    """The job: all running clocks in steps of 500, from the cursor on."""
    running = Commitment.objects.running().filter(breached_at=None, run_seconds__isnull=False)
    if job.total is None:
        job.total = running.count()
    while True:
        ids = list(running.filter(pk__gt=job.cursor.get("after", 0)).order_by("pk").values_list("pk", flat=True)[:STEP])
        if not ids:
            return
        changed = recompute(ids, at=timezone.now())
        job.cursor = {"after": ids[-1]}
        job.done += len(ids)
        job.result = {"changed": job.result.get("changed", 0) + changed}
        yield


def hear_of_calendars(_batch: Batch) -> None:
    """Start one job that computes all open deadlines anew, unless one waits already: a change of many days is many changes."""
    waiting = Job.objects.filter(kind="workspace.commitments.recompute", state=Job.State.WAITING)
    # Locked, so that no worker takes it up before this change is there for it to see.
    if waiting.select_for_update(no_key=True, skip_locked=True).first() is None:
        jobs.start("workspace.commitments.recompute", title=_("Open deadlines"), by=None, at=timezone.now(), params={})
