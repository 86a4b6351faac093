"""Writing many rows at once: by PostgreSQL's COPY, and with references that are checked as sets."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache, partial
from itertools import islice, repeat
from types import NoneType
from typing import Any

from django.db import IntegrityError, connection
from django.db.models import Model

_MAY_SKIP = """
SELECT has_parameter_privilege('session_replication_role', 'SET') AND NOT EXISTS (
    SELECT FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O' AND tgtype & 4 = 4
    AND tgrelid = ANY(%s::regclass[])
)
"""

# What COPY's text format says otherwise.
_SPECIAL = re.compile(r"[\\\t\n\r]")
_ESCAPED = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
_NULL = r"\N"
_TEXT_OF: dict[type, Callable[[Any], str]] = {
    NoneType: lambda _nothing: _NULL,
    str: lambda text: text.translate(_ESCAPED) if _SPECIAL.search(text) else text,
    bool: lambda truth: "t" if truth else "f",
    int: str,
    Decimal: str,
    date: date.isoformat,
    datetime: datetime.isoformat,
}
_QUOTED = re.compile(r'["\\]')
Column = list[Any] | str | int | Decimal | date | None
# So many rows are sent at a time.
_PIECE = 500


@dataclass(frozen=True, slots=True)
class Lines:
    """Columns of some rows as COPY writes them: one text a row, made before and perhaps beside the statement."""

    columns: tuple[str, ...]
    texts: list[str]


def as_lines(columns: Iterable[tuple[str, Column]], count: int) -> Lines:
    """Columns of `count` rows, as for `copy_columns`, written."""
    varying, fixed = {}, {}
    for name, values in columns:
        if isinstance(values, list):
            varying[name] = _texts(values)
        else:
            fixed[name] = _text(values)
    texts: list[Iterable[str]] = [*varying.values()]
    if fixed:
        texts.append(repeat("\t".join(fixed.values()), count))
    return Lines((*varying, *fixed), list(map("\t".join, zip(*texts, strict=True))))


def copy_columns(table: str, columns: Mapping[str, Column], count: int, beside: Lines | None = None) -> None:
    """Insert `count` rows, given by columns, into `table` (our own names, never given ones), in the caller's transaction.

    A column is a list of texts, whole numbers, truths, decimals, days or instants (with their zone), and None, or one of these
    for all rows; JSON is given as text. `beside` are further columns, written already. By columns takes a third of the time
    that by rows does. Raises Django's database errors, as other statements do.
    """
    written = as_lines(columns.items(), count)
    names, lines = written.columns, iter(written.texts)
    if beside is not None:
        names, lines = (*names, *beside.columns), map("\t".join, zip(written.texts, beside.texts, strict=True))
    _watched(f"COPY {table} ({', '.join(names)}) FROM STDIN", lines)


def _watched(statement: str, lines: Iterator[str]) -> None:
    """Send `lines` behind a COPY, which whoever wraps the connection's statements gets to see as any other."""

    def send(sql: str, _params: Any, _many: bool, _context: dict[str, Any]) -> None:
        with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(sql) as copy:
            while piece := "\n".join(islice(lines, _PIECE)):
                copy.write(piece + "\n")

    execute: Callable[..., Any] = send
    for wrapper in reversed(connection.execute_wrappers):
        execute = partial(wrapper, execute)
    execute(statement, None, False, {"connection": connection})


def as_array(values: Iterable[int] | Iterable[str]) -> str:
    """`values` as PostgreSQL reads an array from text, to be cast by the statement: many times as fast as an adapted list."""
    texts = [value if isinstance(value, str) else str(value) for value in values]
    quoted = (
        [text.replace("\\", r"\\").replace('"', r"\"") for text in texts] if _QUOTED.search("".join(texts)) else texts
    )
    return '{"' + '","'.join(quoted) + '"}' if quoted else "{}"


def _text(value: Any) -> str:
    return _TEXT_OF[type(value)](value)


def _texts(values: list[Any]) -> list[str]:
    """How COPY writes the values of one column."""
    kinds = set(map(type, values))
    if kinds == {str} and not _SPECIAL.search("".join(values)):
        return values
    if kinds == {int}:
        return list(map(str, values))
    if len(kinds) > 1 or str in kinds:
        return [_text(value) for value in values]
    # Most columns of other kinds say few things: one day, some amounts.
    known = {value: _text(value) for value in set(values)}
    return [known[value] for value in values]


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
    _lock({model: sorted(set(ids)) for model, ids in references.items()})
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield
        cursor.execute("SET LOCAL session_replication_role = origin")


@lru_cache(maxsize=8)
def _may_skip(_database: str, tables: tuple[str, ...]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_MAY_SKIP, [list(tables)])
        return bool(cursor.fetchone()[0])


def _lock(references: Mapping[type[Model], list[int]]) -> None:
    """Lock these records, by one statement, as a foreign key to them would."""
    wanted = {model: ids for model, ids in references.items() if ids}
    if not wanted:
        return
    counts = ", ".join(
        f"(SELECT count(*) FROM (SELECT FROM {model._meta.db_table} WHERE id = ANY(%s::bigint[]) FOR KEY SHARE) AS found)"  # noqa: S608
        for model in wanted
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counts}", [as_array(ids) for ids in wanted.values()])
        for (model, ids), count in zip(wanted.items(), cursor.fetchone(), strict=True):
            if count != len(ids):
                raise IntegrityError(f"A {model._meta.verbose_name} to which new rows refer is gone.")
