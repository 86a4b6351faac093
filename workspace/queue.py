"""The way from an action to its follow-up: a task sent by name after commit."""

from celery import current_app
from django.db import transaction


def soon(name: str, *args: object) -> None:
    """Send the task `name` after the caller's transaction commits; a dead broker costs time only.

    What must not be lost is a row written in the same transaction: the clock's sweep finds it when no message arrives.
    """

    def send() -> None:
        # retry=False: with the broker away the caller must not wait; on_commit(robust=True) logs the error.
        current_app.send_task(name, args, retry=False, ignore_result=True)

    # A function, no partial: Django's log line of a failed follow-up asks for its __qualname__, and would raise itself.
    transaction.on_commit(send, robust=True)
