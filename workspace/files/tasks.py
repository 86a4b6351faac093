"""The clock lets go of files here."""

from celery import shared_task
from django.utils import timezone

from workspace.files import actions


@shared_task(name="workspace.files.sweep")
def sweep() -> None:
    """Remove files that were kept long enough, and those that no record names; a second run finds none."""
    actions.sweep(timezone.now())
    actions.remove_strays(timezone.now())
