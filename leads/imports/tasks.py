"""What workers do for imports beside their jobs."""

from celery import shared_task
from django.utils import timezone

from leads.imports.actions import running


@shared_task(name="leads.imports.make_search_index_good")
def make_search_index_good() -> None:
    """See that the search index stands; a second run finds it."""
    running.make_search_index_good(timezone.now())
