"""Indexes that are made after an empty table was filled: that takes half the time, and is done on both processors."""

from collections.abc import Sequence

from django.db import OperationalError, connection, transaction
from django.db.models import Index, Model

# So long do others wait behind us while we wait for those before us.
LOCK_TIMEOUT = "500ms"
LOCK_NOT_AVAILABLE = "55P03"


def put_off(model: type[Model], names: Sequence[str]) -> bool:
    """Drop these of the model's `Meta.indexes` if its table is empty; `make_good` makes them again.

    False where something is stored, somebody works on the table just now, or the role does not own it. Runs inside the
    caller's transaction, which should end soon.
    """
    table = model._meta.db_table
    if not (_owns(table) and _is_empty(table)):
        return False
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
            cursor.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
            cursor.execute("SET LOCAL lock_timeout TO DEFAULT")
            if not _is_empty(table):
                return False
            cursor.execute(f"DROP INDEX IF EXISTS {', '.join(map(connection.ops.quote_name, names))}")
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None) != LOCK_NOT_AVAILABLE:
            raise
        return False
    return True


def make_good(model: type[Model], names: Sequence[str]) -> bool:
    """Make those of the model's `Meta.indexes` that are missing; tells whether one was. Writers wait while one is made."""
    gone = missing(names)
    for index in model._meta.indexes:
        if index.name in gone:
            _make(model, index)
    return bool(gone)


def _make(model: type[Model], index: Index) -> None:
    with connection.schema_editor() as editor:
        # Somebody else may make it just now.
        editor.execute(f"LOCK TABLE {model._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")
        if missing([index.name]):
            editor.add_index(model, index)


def missing(names: Sequence[str]) -> set[str]:
    """Those of the indexes `names` that are not there. Costs one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM unnest(%s::text[]) AS wanted (name) WHERE to_regclass(quote_ident(name)) IS NULL",
            [list(names)],
        )
        return {name for (name,) in cursor.fetchall()}


def _owns(table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = %s::regclass", [table])
        return bool(cursor.fetchone()[0])


def _is_empty(table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT NOT EXISTS (SELECT FROM {table})")  # noqa: S608 - our own name
        return bool(cursor.fetchone()[0])
