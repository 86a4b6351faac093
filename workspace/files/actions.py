"""Letting go of files: one that is no longer needed, those kept long enough, and those that no record names."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.core.files.storage import Storage
from django.db import transaction
from django.db.models import Model

from workspace.files import kinds
from workspace.files.kinds import FileKind

BATCH = 200
# A file is written before the record that names it is committed; what is older and still without one never gets one.
STRAY_AFTER = timedelta(days=1)


@transaction.atomic
def discard(record: Model, field: str) -> None:
    """Take the file of `field` away from a saved `record`; its bytes go once that is committed."""
    file = getattr(record, field)
    if not file:
        return
    name, storage = file.name, file.storage
    setattr(record, field, "")
    record.save(update_fields=[field])

    def delete() -> None:
        storage.delete(name)

    # Where the storage fails now, the bytes are a stray later, since no record names them any more.
    transaction.on_commit(delete, robust=True)


def sweep(now: datetime) -> int:
    """Let go of all files that have been kept long enough; returns how many. A record that is being worked on waits."""
    return sum(_sweep_kind(kind, now) for kind in kinds.entries().values())


def _sweep_kind(kind: FileKind, now: datetime) -> int:
    removed, found = 0, BATCH
    while found == BATCH:
        with transaction.atomic():
            over = kind.over(now).exclude(**{kind.field: ""}).order_by("pk")
            records: list[Any] = list(over.select_for_update(no_key=True, skip_locked=True, of=("self",))[:BATCH])
            for record in records:
                discard(record, kind.field)
        found = len(records)
        removed += found
    return removed


def remove_strays(now: datetime) -> int:
    """Delete files that no record names, left by uploads that never ended; returns how many."""
    removed = 0
    every = kinds.entries().values()
    for folder in sorted({kind.folder for kind in every}):
        sharing = [kind for kind in every if kind.folder == folder]
        storage = sharing[0].storage
        for place, names in _walk(storage, folder):
            old = {name for name in names if _is_older(storage, name, now - STRAY_AFTER)}
            strays = old - {name for kind in sharing for name in _named(kind, place)} if old else old
            for name in strays:
                storage.delete(name)
            removed += len(strays)
    return removed


def _is_older(storage: Storage, name: str, moment: datetime) -> bool:
    """Whether a file was last written before `moment`; one that has gone since it was listed is no more to be judged."""
    try:
        return storage.get_modified_time(name) < moment
    except FileNotFoundError:
        return False


def _walk(storage: Storage, folder: str) -> Iterator[tuple[str, list[str]]]:
    """Each folder from `folder` down, with the whole names of its files."""
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    yield folder, [f"{folder}/{name}" for name in files]
    for inner in folders:
        yield from _walk(storage, f"{folder}/{inner}")


def _named(kind: FileKind, folder: str) -> set[str]:
    rows = kind.model._default_manager.filter(**{f"{kind.field}__startswith": f"{folder}/"})
    return set(rows.values_list(kind.field, flat=True))
