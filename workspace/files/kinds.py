"""Kinds of kept files, registered by the rooms whose records have them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.storage import Storage
from django.db.models import FileField, Model, QuerySet

from workspace.people.models import Person
from workspace.registry import Registry


@dataclass(frozen=True)
class FileKind:
    """The files in one field of one model; the row that names a file is the truth of whether it exists.

    `over` answers the records whose file has been kept long enough. `visible_to` answers the records whose file a person may
    fetch, and `name` under which name they get it; without these nobody fetches it. All files of the field lie in `folder`.
    """

    key: str
    model: type[Model]
    field: str
    folder: str
    over: Callable[[datetime], QuerySet[Any]]
    visible_to: Callable[[Person], QuerySet[Any]] | None = None
    name: Callable[[Any], str] = str
    media_type: str = "application/octet-stream"

    @property
    def storage(self) -> Storage:
        field = self.model._meta.get_field(self.field)
        assert isinstance(field, FileField), f"{self.key} is no field of files"
        return field.storage


_kinds: Registry[FileKind] = Registry("kind of files")


def register(*kinds: FileKind) -> None:
    """Make kinds known.

    Raises:
        ValueError: a key is registered already.
    """
    for kind in kinds:
        _kinds.add(kind.key, kind)


def get(key: str) -> FileKind:
    """The registered kind; KeyError for an unknown one."""
    return _kinds[key]


def entries() -> dict[str, FileKind]:
    """All kinds, for the clock and the guard test."""
    return dict(_kinds)
