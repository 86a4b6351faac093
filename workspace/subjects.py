"""Kinds of records that links, timelines, search and audit speak of as `(kind, id)`.

A room registers its kinds in `registry.py`; nothing else of the ground floor knows an upper room's model.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Model, QuerySet
from django.utils.functional import Promise

from workspace.registry import Registry

if TYPE_CHECKING:
    from workspace.people.models import Person


@dataclass(frozen=True)
class Hit:
    """One line of "Find anything"."""

    kind: str
    title: str
    subtitle: str
    url: str


@dataclass(frozen=True)
class Subject:
    """What the ground floor may ask of a kind of record.

    `url` and `title` take a record. `visible_to` is the only way from a person to rows. `search` answers hits for a text of
    at least two characters, best first, for a person. `alias_of` answers every id under which a record was ever known, its
    own included (merged records). `collect` and `erase` serve a person's right to see and to be forgotten.
    """

    kind: str
    model: type[Model]
    label: str | Promise
    url: Callable[[Any], str]
    title: Callable[[Any], str]
    visible_to: "Callable[[Person], QuerySet[Any]]"
    search: "Callable[[Person, str, int], Iterable[Hit]] | None" = None
    alias_of: Callable[[int], list[int]] | None = None
    collect: Callable[[int], dict[str, object]] | None = None
    erase: Callable[[int], None] | None = None


_kinds: Registry[Subject] = Registry("subject kind")


def register(subject: Subject) -> None:
    """Make a kind known.

    Raises:
        ValueError: the kind is registered already.
    """
    _kinds.add(subject.kind, subject)


def get(kind: str) -> Subject:
    """The registered kind; KeyError for an unknown one."""
    return _kinds[kind]


def entries() -> dict[str, Subject]:
    """All kinds, for the guard test."""
    return dict(_kinds)


def of(record: Model) -> tuple[str, int]:
    """`(kind, id)` of a saved record.

    Raises:
        LookupError: its model is no registered kind.
    """
    for kind, subject in _kinds.items():
        if isinstance(record, subject.model):
            return kind, int(record.pk)
    raise LookupError(f"{type(record).__name__} is not a registered subject.")


def aliases(kind: str, pk: int) -> list[int]:
    """Every id under which the record was known, itself included; merged records have several."""
    alias_of = _kinds[kind].alias_of if kind in _kinds else None
    return alias_of(pk) if alias_of else [pk]


def find(person: "Person", text: str, limit: int = 8) -> list[Hit]:
    """Hits of every searchable kind that `person` may see, at most `limit` a kind; nothing below two characters."""
    text = text.strip()
    if len(text) < 2:  # noqa: PLR2004 - the ground rules' shortest search
        return []
    return [hit for subject in _kinds.values() if subject.search for hit in subject.search(person, text, limit)]
