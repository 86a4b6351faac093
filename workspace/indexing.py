"""Indexes that are made after an empty table was filled: a search index takes half the time so, and on both processors."""

from django.db import OperationalError, connection, transaction
from django.db.models import Model

# So long do others wait behind us while we wait for those before us.
LOCK_TIMEOUT = "500ms"
LOCK_NOT_AVAILABLE = "55P03"


def put_off(model: type[Model], name: str) -> bool:
    """Drop the index `name` of the model's `Meta.indexes` if its table is empty; `make_good` makes it again.

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
            cursor.execute(f"DROP INDEX IF EXISTS {connection.ops.quote_name(name)}")
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None) != LOCK_NOT_AVAILABLE:
            raise
        return False
    return True


def make_good(model: type[Model], name: str) -> bool:
    """Make the index `name` of the model's `Meta.indexes` if it is missing; tells whether it was. Writers wait meanwhile."""
    if not is_missing(name):
        return False
    index = next(index for index in model._meta.indexes if index.name == name)
    with connection.schema_editor() as editor:
        editor.add_index(model, index)
    return True


def is_missing(name: str) -> bool:
    """Whether there is no index `name`. Costs one query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NULL", [connection.ops.quote_name(name)])
        return bool(cursor.fetchone()[0])


def _owns(table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = %s::regclass", [table])
        return bool(cursor.fetchone()[0])


def _is_empty(table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT NOT EXISTS (SELECT FROM {table})")  # noqa: S608 - our own name
        return bool(cursor.fetchone()[0])
