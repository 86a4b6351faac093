"""The worker's children on the embedded broker: those that are killed keep nobody from working."""

import os
import signal

from smarketing.embedded.pool import KernelLock, SurvivingPool
from tests.running.workspaces import PATIENCE_SECONDS, wait_until

CHILDREN = 2


def test_children_that_are_killed_while_they_wait_leave_their_work_to_those_who_follow() -> None:
    pool = SurvivingPool(processes=CHILDREN)
    try:
        first = {child.pid for child in pool._pool}
        wait_until(lambda: is_held(pool._inqueue._rlock), "one of them waits for work, and holds the lock meanwhile")

        for number in first:
            os.kill(number, signal.SIGKILL)
        wait_until(
            lambda: not first & set(running(pool)) and len(running(pool)) == CHILDREN, "others take their places"
        )

        assert pool.apply_async(abs, (-3,)).get(timeout=PATIENCE_SECONDS) == 3
    finally:
        pool.terminate()
        pool.join()


def running(pool: SurvivingPool) -> list[int]:
    return [child.pid for child in pool._pool if child.is_alive()]


def is_held(lock: KernelLock) -> bool:
    """Whether another process holds it."""
    if lock.acquire(block=False):
        lock.release()
        return False
    return True
