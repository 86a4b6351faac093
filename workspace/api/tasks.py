"""What the clock does for the API."""

from celery import shared_task
from django.utils import timezone

from workspace.api import repeating


@shared_task(name="workspace.api.forget_answers")
def forget_answers() -> None:
    """Forget the answers to calls that were kept for a day; a second run finds none."""
    repeating.forget(timezone.now())
