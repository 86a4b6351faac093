"""Indexes of the custom fields that lists are filtered by: made and dropped beside the work of others, without a migration."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.db import connection
from django.db.models import F, JSONField, Model, Q, Value
from django.db.models.fields.json import DataContains, KeyTextTransform, KeyTransform
from django.db.models.functions import Left
from django.db.models.lookups import Exact, GreaterThanOrEqual, LessThanOrEqual
from psycopg import sql

from leads.records.models import Company, CustomField, Lead

# An entry of a B-tree holds a third of a page at most; a text may be longer, so its beginning is what is indexed.
BEGINNING = 100
_MODELS: dict[str, type[Model]] = {CustomField.On.LEAD: Lead, CustomField.On.COMPANY: Company}
_LONG = (CustomField.Kind.TEXT, CustomField.Kind.LINK)
# Any number; whoever holds it is the one who makes and drops indexes.
LOCK = 7_341_022_001
# All of ours, and whether they are whole: one whose making was broken off is there, kept up, and never read.
_FOUND = "SELECT c.relname, i.indisvalid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relname ~ %s"
_OURS = r"^(lead|company)_own_\d+$"


def holding(definition: CustomField, value: object) -> Q:
    """The condition of rows whose field is `value`, or has it among several, as the field's index answers it."""
    # Not `custom__<key>=`: a key with two underscores would read as a lookup.
    stored = KeyTransform(definition.key, F("custom"))
    given = Value(value, JSONField())
    if definition.kind == CustomField.Kind.CHOICES:
        return Q(DataContains(stored, given))
    if definition.kind in _LONG:
        beginning = Left(KeyTextTransform(definition.key, F("custom")), BEGINNING)
        return Q(Exact(beginning, Value(str(value)[:BEGINNING]))) & Q(Exact(stored, given))
    return Q(Exact(stored, given))


def between(definition: CustomField, bound: str, value: object) -> Q:
    """The condition of rows whose field is `value` or more (`bound` is min), or that or less (max)."""
    lookup = GreaterThanOrEqual if bound == "min" else LessThanOrEqual
    return Q(lookup(KeyTransform(definition.key, F("custom")), Value(value, JSONField())))


def name_of(definition: CustomField) -> str:
    return f"{definition.on}_own_{definition.pk}"


def ready(definitions: list[CustomField]) -> set[int]:
    """The ids of those whose index is whole. Costs one query, none where there are no definitions."""
    found = _found() if definitions else {}
    return {definition.pk for definition in definitions if found.get(name_of(definition))}


def tend() -> tuple[list[str], list[str]]:
    """Drop what is broken or not wanted any more, make what is missing; the names that were dropped and made.

    Runs outside a transaction, since nobody is to wait for it. A second run finds nothing to do, one beside another does
    nothing, and one after a broken one mends what that left.
    """
    with _alone() as is_alone:
        if not is_alone:
            return [], []
        found = _found()
        wanted = {
            name_of(one): one for one in CustomField.objects.filter(is_active=True, is_filterable=True).order_by("pk")
        }
        dropped = [name for name, is_whole in found.items() if not is_whole or name not in wanted]
        for name in dropped:
            _run(sql.SQL("DROP INDEX CONCURRENTLY IF EXISTS {}").format(sql.Identifier(name)))
            _run(sql.SQL("DROP STATISTICS IF EXISTS {}").format(sql.Identifier(name)))
        made = [name for name in wanted if name not in found or name in dropped]
        _count_values({name: wanted[name] for name in made})
        for name in made:
            _run(_creation(name, wanted[name]))
        return dropped, made


def _count_values(wanted: Mapping[str, CustomField]) -> None:
    """Let the planner know how frequent each value is, before there is an index to read by it.

    It takes every value for a rare one otherwise, reads the index for one that nearly all have, and sorts what it found (two
    seconds at 300,000 leads). Statistics of their own, since those of a partial index are not asked.
    """
    for name, definition in wanted.items():
        counting = sql.SQL("CREATE STATISTICS IF NOT EXISTS {} ON ({}) FROM {}")
        table = sql.Identifier(_table(definition))
        _run(counting.format(sql.Identifier(name), _expression(definition), table))
    for name in {_table(definition) for definition in wanted.values()}:
        _run(sql.SQL("ANALYZE {}").format(sql.Identifier(name)))


def _expression(definition: CustomField) -> sql.Composed:
    """What is compared: the value, or the beginning of one that may be long; see `holding`."""
    key = sql.Literal(definition.key)
    if definition.kind in _LONG:
        return sql.SQL("left(custom ->> {}, {})").format(key, sql.Literal(BEGINNING))
    return sql.SQL("(custom -> {})").format(key)


def _creation(name: str, definition: CustomField) -> sql.Composed:
    is_many = definition.kind == CustomField.Kind.CHOICES
    what, way = _expression(definition), sql.SQL("gin ({} jsonb_path_ops)" if is_many else "btree ({})")
    # The records without a value, mostly nearly all, are not in it.
    return sql.SQL("CREATE INDEX CONCURRENTLY {} ON {} USING {} WHERE {} IS NOT NULL").format(
        sql.Identifier(name), sql.Identifier(_table(definition)), way.format(sql.SQL("({})").format(what)), what
    )


def _table(definition: CustomField) -> str:
    return _MODELS[definition.on]._meta.db_table


def _found() -> dict[str, bool]:
    with connection.cursor() as cursor:
        cursor.execute(_FOUND, [_OURS])
        return dict(cursor.fetchall())


def _run(statement: sql.Composable) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@contextmanager
def _alone() -> Iterator[bool]:
    """Whether nobody else is at it; nobody will be until the end."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        is_alone = bool(cursor.fetchone()[0])
        try:
            yield is_alone
        finally:
            if is_alone:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
