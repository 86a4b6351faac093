"""Writing many rows at once: by PostgreSQL's COPY, and with references that are checked as sets."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from django.db import IntegrityError, connection
from django.db.models import Model

_MAY_SKIP = """
SELECT has_parameter_privilege('session_replication_role', 'SET') AND NOT EXISTS (
    SELECT FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O' AND tgtype & 4 = 4
    AND tgrelid = ANY(%s::regclass[])
)
"""


def copy_rows(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert `rows` into `columns` of `table` (our own names, never given ones), inside the caller's transaction.

    Raises Django's database errors, as every other statement does.
    """
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row)


@contextmanager
def checked_as_sets(tables: Sequence[str], references: Mapping[type[Model], Iterable[int]]) -> Iterator[None]:
    """Insert new rows into `tables` inside, whose references to records are checked here, a kind at a time.

    PostgreSQL checks foreign keys row by row, which takes half the time of a large import. Here every record referred to
    is looked up and locked once, as those checks would lock it, and the checks are left out; inside only rows may be
    inserted, and nobody else's code may run. Where the role may not do so, or a trigger of ours wants to see each new
    row, nothing is left out.

    Raises:
        IntegrityError: a record is gone.
    """
    if not _may_skip(connection.settings_dict["NAME"], tuple(tables)):
        yield
        return
    for model, ids in references.items():
        _lock(model, sorted(set(ids)))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield
        cursor.execute("SET LOCAL session_replication_role = origin")


@lru_cache(maxsize=8)
def _may_skip(_database: str, tables: tuple[str, ...]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_MAY_SKIP, [list(tables)])
        return bool(cursor.fetchone()[0])


def _lock(model: type[Model], ids: list[int]) -> None:
    if not ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM (SELECT FROM {model._meta.db_table} WHERE id = ANY(%s) FOR KEY SHARE) AS found",  # noqa: S608
            [ids],
        )
        if cursor.fetchone()[0] != len(ids):
            raise IntegrityError(f"A {model._meta.verbose_name} to which new rows refer is gone.")
