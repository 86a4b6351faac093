"""The clock's part in webhooks: rounds of deliveries, and letting go of old ones."""

from datetime import timedelta
from typing import Final

from celery import shared_task
from django.core.cache import cache
from django.utils import timezone

from workspace.hooks import delivering
from workspace.hooks.actions import webhooks
from workspace.hooks.options import KEEP_DAYS

# A round ends after a while, so that it holds no worker for ever; the next one goes on.
ROUND_SECONDS: Final = 45
_RUNNING: Final = "workspace.hooks.round"


@shared_task(name="workspace.hooks.deliver")
def deliver() -> None:
    """Send the messages that are due, in one round at a time; a second run finds nothing due, or other messages."""
    if not delivering.is_anything_due(timezone.now()):
        return
    # Only to keep slow receivers from holding every worker: who sends what is decided by locks on rows.
    if not cache.add(_RUNNING, True, ROUND_SECONDS * 2):
        return
    try:
        delivering.deliver_due(seconds=ROUND_SECONDS)
    finally:
        cache.delete(_RUNNING)


@shared_task(name="workspace.hooks.forget")
def forget() -> None:
    """Let go of what the log has shown for long enough; a second run finds fewer."""
    webhooks.forget(timezone.now(), keep=timedelta(days=KEEP_DAYS.get()))
