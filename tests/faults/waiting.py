"""Waiting for what happens in other processes."""

import time
from collections.abc import Callable


class NeverHappened(Exception):
    """What was waited for did not come about; the message says what it was."""


def wait_until(condition: Callable[[], object], what: str, *, seconds: float = 120, every: float = 0.1) -> float:
    """Return the seconds it took until `condition` held.

    Raises:
        NeverHappened: it did not within `seconds`.
    """
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > seconds:
            raise NeverHappened(f"waited {seconds:.0f} seconds for this: {what}")
        time.sleep(every)  # other processes tell nobody; one has to look
    return time.monotonic() - began
