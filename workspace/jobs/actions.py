"""Starting, running and cancelling jobs. The database is the queue of record; messages only make it sooner."""

import logging
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from workspace import queue
from workspace.jobs import kinds
from workspace.jobs.models import Job
from workspace.people.models import Person

logger = logging.getLogger(__name__)

# A worker that does not commit a step for this long counts as dead.
LEASE = timedelta(minutes=2)


class JobError(Exception):
    """The work cannot go on, for a reason that its owner can read."""


@transaction.atomic
def start(kind: str, *, title: str, by: Person | None, at: datetime, params: dict[str, object]) -> Job:
    """Store a job that waits for a worker, and send for one.

    Raises:
        KeyError: nobody registered the kind.
    """
    kinds.get(kind)
    job = Job.objects.create(kind=kind, title=title[:200], by=by, created_at=at, params=params)
    queue.soon("workspace.jobs.run", job.pk)
    return job


@transaction.atomic
def cancel(job: Job, *, at: datetime) -> Job:
    """Stop a waiting job at once, a running one after its present step; an ended one stays as it is."""
    job = Job.objects.select_for_update(no_key=True).get(pk=job.pk)
    if job.state == Job.State.WAITING:
        job.state, job.finished_at = Job.State.CANCELLED, at
    elif job.state == Job.State.RUNNING:
        job.cancel_asked = True
    job.save(update_fields=["state", "finished_at", "cancel_asked"])
    return job


def run(job_id: int) -> Job | None:
    """Work on the job until it ends, one committed step at a time; None when somebody else has it.

    A second run finds the lease taken or the job ended and does nothing. When the database goes away the lease runs out,
    and the sweep hands the job to the next worker.
    """
    lease = uuid.uuid4()
    job = _claim(job_id, lease)
    if job is None:
        return None
    steps = kinds.get(job.kind).steps(job)
    try:
        while _step(job, steps, lease):
            pass
    except OperationalError:
        raise
    except JobError as error:
        _end(job, Job.State.FAILED, error=str(error))
    except Exception:
        logger.exception("job %s of kind %s failed", job.pk, job.kind)
        _end(job, Job.State.FAILED, error=_("Something went wrong on our side; it is in the log of the worker."))
    finally:
        _close(steps)
    return job


@transaction.atomic
def _claim(job_id: int, lease: uuid.UUID) -> Job | None:
    now = timezone.now()
    job = Job.objects.due(now).select_for_update(no_key=True, skip_locked=True).filter(pk=job_id).first()
    if job is None:
        return None
    job.state, job.lease, job.lease_until = Job.State.RUNNING, lease, now + LEASE
    job.started_at = job.started_at or now
    job.save(update_fields=["state", "lease", "lease_until", "started_at"])
    return job


def _step(job: Job, steps: Iterator[None], lease: uuid.UUID) -> bool:
    """Do one step and commit it with the cursor; False when the job has ended or was taken over."""
    with transaction.atomic():
        held = Job.objects.select_for_update(no_key=True).get(pk=job.pk)
        if not held.held_by(lease):
            return False
        if held.cancel_asked:
            return _end(job, Job.State.CANCELLED)
        try:
            next(steps)
        except StopIteration:
            return _end(job, Job.State.DONE)
        job.lease_until = timezone.now() + LEASE
        job.save(update_fields=["total", "done", "cursor", "result", "lease_until"])
    return True


def _end(job: Job, state: Job.State, error: str = "") -> bool:
    """Store the end alone: progress of a step that was rolled back must not be stored with it."""
    job.state, job.error, job.finished_at = state, error, timezone.now()
    kept = ["total", "done", "cursor", "result"] if state == Job.State.DONE else []
    job.save(update_fields=["state", "error", "finished_at", *kept])
    return False


def _close(steps: Iterator[None]) -> None:
    close = getattr(steps, "close", None)
    if close is not None:
        close()


def sweep(now: datetime) -> int:
    """Send for a worker for every job that waits or was left by a dead one; returns how many."""
    due = list(Job.objects.due(now).values_list("pk", flat=True)[:100])
    for pk in due:
        queue.soon("workspace.jobs.run", pk)
    return len(due)
