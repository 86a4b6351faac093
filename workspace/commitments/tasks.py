"""The clock looks at commitments."""

from celery import shared_task

from workspace.commitments.actions import ticking


@shared_task(name="workspace.commitments.tick")
def tick() -> None:
    """Mark what fell due, and escalate what is late; a second run finds it marked, and one beside it other rows."""
    ticking.tick_all()
