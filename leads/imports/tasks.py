"""What workers do for imports beside their jobs."""

from celery import shared_task
from django.utils import timezone

from leads.imports.actions import running


@shared_task(name="leads.imports.make_indexes_good")
def make_indexes_good() -> None:
    """See that the indexes of lists stand; a second run finds them."""
    running.make_indexes_good(timezone.now())


@shared_task(name="leads.imports.settle")
def settle() -> None:
    """Make a table quick to read that just grew; where the message is lost, the clock and the server's own rounds do it."""
    running.settle(timezone.now())
