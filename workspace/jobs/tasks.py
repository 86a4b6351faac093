"""Workers take up jobs here."""

from celery import shared_task
from django.utils import timezone

from workspace.jobs import actions


@shared_task(name="workspace.jobs.run")
def run(job_id: int) -> None:
    """Work on one job; a second run finds it taken or ended."""
    actions.run(job_id)


@shared_task(name="workspace.jobs.sweep")
def sweep() -> None:
    """Send for workers where jobs wait; a second run sends again, and the later message finds nothing to do."""
    actions.sweep(timezone.now())
