"""The door by which upper rooms say that what they keep rests on a stage, so that it cannot become another kind of stage."""

from collections.abc import Callable

from leads.funnel.models import Stage
from workspace.registry import Registry

Use = Callable[[Stage], bool]
_uses: Registry[Use] = Registry("use of stages")


def register(key: str, is_there: Use) -> None:
    """Ask `is_there` before the kind of a stage changes: whether something that it answers for rests on the stage.

    It is asked inside the transaction of the change, and sees to it that nothing comes to rest there until its end.

    Raises:
        ValueError: the key is taken.
    """
    _uses.add(key, is_there)


def entries() -> dict[str, Use]:
    """All uses by key, for the guard test."""
    return dict(_uses)


def is_used(stage: Stage) -> bool:
    """Whether anything rests on the stage. Costs what the rooms above ask, at most a query each."""
    return any(is_there(stage) for is_there in _uses.values())
