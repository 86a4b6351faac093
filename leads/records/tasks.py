"""What workers do for leads and companies beside their jobs."""

from celery import shared_task
from django.utils import timezone

from leads.records import own_indexes
from leads.records.actions import binning


@shared_task(name="leads.records.empty_bin")
def empty_bin() -> None:
    """Delete what has lain in the bin long enough; a second run finds nothing more to delete."""
    binning.empty_bin(at=timezone.now())


@shared_task(name="leads.records.index_own_fields")
def index_own_fields() -> None:
    """Make the indexes of the own fields that one may filter by; a second run finds them."""
    own_indexes.tend()
