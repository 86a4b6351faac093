"""What workers do for leads beside their jobs."""

from celery import shared_task
from django.utils import timezone

from leads.records.actions import binning


@shared_task(name="leads.records.empty_bin")
def empty_bin() -> None:
    """Delete what has lain in the bin long enough; a second run finds nothing more to delete."""
    binning.empty_bin(at=timezone.now())
