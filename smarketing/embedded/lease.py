"""Sharing the embedded server: the first who needs it starts it, the last who leaves stops it.

`manage.py up`, commands beside it, commands alone and test runs all hold a lease while they work. A lease is a lock of
the operating system on a file in the data folder, so one that was killed gives its lease back too; what it left
running is taken over by the next, and stopped by the last.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from smarketing.embedded.server import EmbeddedServer


class Lease:
    """The right to use the server of one data folder, from `acquire` to `release`."""

    def __init__(self, server: EmbeddedServer) -> None:
        self.server = server
        self._users: int | None = None

    def acquire(self, say: Callable[[str], None] = lambda _line: None) -> None:
        """Return when the server answers, started by us or by somebody else.

        Raises:
            EmbeddedServerError: it does not start.
        """
        with self._alone():
            users = os.open(self.server.data_dir / "database.users", os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(users, fcntl.LOCK_SH)
                self.server.start(say)
            except BaseException:
                os.close(users)
                raise
            self._users = users

    def release(self) -> None:
        """Give the server back, and stop it unless somebody else still uses it. Twice does no harm."""
        if self._users is None:
            return
        with self._alone():
            try:
                fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pass
            else:
                self.server.stop()
            finally:
                os.close(self._users)
                self._users = None

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Nobody else starts or stops the server meanwhile."""
        lock = os.open(self.server.data_dir / "database.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)


@contextmanager
def leased(data_dir: Path, say: Callable[[str], None] = lambda _line: None) -> Iterator[EmbeddedServer]:
    """The running server of `data_dir`, for as long as the block runs."""
    lease = Lease(EmbeddedServer(data_dir))
    lease.acquire(say)
    try:
        yield lease.server
    finally:
        lease.release()
