"""The way from an action to its follow-up: a task sent by name after commit."""

from functools import partial

from celery import current_app
from django.db import transaction


def soon(name: str, *args: object) -> None:
    """Send the task `name` after the caller's transaction commits; a dead broker costs time only.

    What must not be lost is a row written in the same transaction: the clock's sweep finds it when no message arrives.
    """
    transaction.on_commit(partial(_send, name, args), robust=True)


def _send(name: str, args: tuple[object, ...]) -> None:
    # retry=False: with the broker away the caller must not wait; on_commit(robust=True) logs the error.
    current_app.send_task(name, args, retry=False, ignore_result=True)
