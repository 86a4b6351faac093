"""The worker's pool on the embedded broker: a child that is killed while it waits for work leaves the others working.

Where the broker is no socket, Celery's children take their work from one pipe, and whoever waits at it holds a semaphore. A child
that is killed there takes the semaphore along, and nobody would be given work any more until the worker is started again. The
lock here is the kernel's, which releases it for the dead.
"""

import fcntl
import os
import tempfile
from typing import Any

from billiard.pool import Pool
from celery.concurrency import prefork


class KernelLock:
    """A lock between processes, one thread of each; it is released when its holder dies."""

    def __init__(self) -> None:
        self._file, path = tempfile.mkstemp(prefix="smarketing-lock-")
        os.unlink(path)  # it lives as long as the processes that have it open

    def acquire(self, block: bool = True) -> bool:
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX if block else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def release(self) -> None:
        fcntl.lockf(self._file, fcntl.LOCK_UN)

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(self, *_error: object) -> None:
        self.release()


class SurvivingPool(Pool):
    """Children that are forked, and none of which takes a lock along when it dies."""

    _ctx: Any
    _inqueue: Any
    _outqueue: Any
    _pool: Any

    def _setup_queues(self) -> None:
        super()._setup_queues()  # type: ignore[misc]  # the stubs tell of no internals
        if self._ctx.get_start_method() == "fork":  # elsewhere the locks are handed over by name
            self._inqueue._rlock = KernelLock()  # noqa: SLF001 - there is no other way in
            self._outqueue._wlock = KernelLock()  # noqa: SLF001


class TaskPool(prefork.TaskPool):
    """Celery's own, on such children."""

    BlockingPool: Any = SurvivingPool
