"""The clock's part in the journal."""

from celery import shared_task
from django.utils import timezone

from workspace.journal import partitions


@shared_task(name="workspace.journal.make_partitions")
def make_partitions() -> None:
    """Make the coming months' partitions; a second run finds them made."""
    partitions.make_partitions(timezone.now())
