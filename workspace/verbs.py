"""The words of the journal: what each verb says on a timeline, and which of its facts are personal.

A room registers its verbs in `registry.py`. The list is also the catalogue of webhook events and of events that can score.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise

from workspace.registry import Registry


@dataclass(frozen=True)
class Verb:
    """One verb of the journal.

    `line` is a sentence with `{fact}` places, filled from the entry's facts and personal facts. `group` sorts a timeline
    (talks, visits, changes). `personal` names the keys that are stored apart, so that erasure can remove them.
    """

    key: str
    label: str | Promise
    line: str | Promise
    icon: str = "circle"
    group: str = "changes"
    personal: tuple[str, ...] = ()
    webhook: bool = True
    scorable: bool = False


_verbs: Registry[Verb] = Registry("verb")


def register(*verbs: Verb) -> None:
    """Make verbs known.

    Raises:
        ValueError: a key is registered already.
    """
    for verb in verbs:
        _verbs.add(verb.key, verb)


def get(key: str) -> Verb:
    """The registered verb; KeyError for an unknown one, so that no entry is written in words nobody declared."""
    return _verbs[key]


def of_groups(groups: Iterable[str]) -> list[str]:
    """The keys of all verbs in `groups`."""
    wanted = set(groups)
    return [key for key, verb in _verbs.items() if verb.group in wanted]


def entries() -> dict[str, Verb]:
    """All verbs, for the guard test and the webhook catalogue."""
    return dict(_verbs)
