"""Kinds of jobs, registered by the rooms that do the work."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from workspace.jobs.models import Job
from workspace.registry import Registry

Steps = Callable[[Job], Iterator[None]]


@dataclass(frozen=True)
class JobKind:
    """`steps(job)` does the work from `job.cursor` on: it yields after each step, whose writes, cursor and progress the
    runner commits together. A step therefore happens once, however often the job is started."""

    key: str
    steps: Steps


_kinds: Registry[JobKind] = Registry("job kind")


def register(kind: JobKind) -> None:
    """Make a kind known.

    Raises:
        ValueError: the key is registered already.
    """
    _kinds.add(kind.key, kind)


def get(key: str) -> JobKind:
    return _kinds[key]


def entries() -> dict[str, JobKind]:
    """All kinds, for the guard test."""
    return dict(_kinds)
