"""Two threads of one process: one serves the database and goes first, the other works while that one waits."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from threading import Event
from typing import Any, TypeVar

Item = TypeVar("Item")

# The second thread goes on after this long at most, whatever the first one does.
LONGEST_WAIT_SECONDS = 0.05
EVERY = 25


class Turns:
    """Who may work. Left to themselves, two busy threads change every few milliseconds, and each takes twice as long."""

    def __init__(self) -> None:
        self._is_first_waiting = Event()
        self._is_first_waiting.set()

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """The first thread waits inside, for the database or for the second."""
        self._is_first_waiting.set()
        try:
            yield
        finally:
            self._is_first_waiting.clear()

    def execute(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        """A wrapper for `connection.execute_wrapper`: each statement of the first thread is a wait."""
        with self.waiting():
            return execute(sql, params, many, context)

    def paced(self, items: Iterable[Item], *, every: int = EVERY) -> Iterator[Item]:
        """`items`, one after the other, for the second thread, which stops after so many while the first one works."""
        for number, item in enumerate(items):
            if number % every == 0:
                self._is_first_waiting.wait(LONGEST_WAIT_SECONDS)
            yield item
