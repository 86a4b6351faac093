"""Writing the journal, and hearing of what is written: `record` one, `record_many`, `record_select` a set.

All run inside the caller's transaction, so that a fact and its entry stand or fall together.
"""

import logging
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Model

from workspace import subjects, verbs
from workspace.journal.models import JournalEntry, JournalQuerySet, Way
from workspace.people.models import Person

logger = logging.getLogger(__name__)

_way: ContextVar[Way] = ContextVar("way", default=Way.WORKER)


@contextmanager
def by_way(way: Way) -> Iterator[None]:
    """Entries written inside came in by `way`; set once at each door (page, API, administration, import)."""
    token = _way.set(way)
    try:
        yield
    finally:
        _way.reset(token)


def current_way() -> Way:
    """By which door what happens now came in."""
    return _way.get()


@dataclass(frozen=True)
class Batch:
    """Entries of one verb that were written together. `entries()` costs a query each time."""

    verb: str
    batch_id: uuid.UUID

    def entries(self) -> JournalQuerySet:
        return JournalEntry.objects.filter(batch_id=self.batch_id, verb=self.verb)


Handler = Callable[[Batch], None]
_handlers: dict[str, list[Handler]] = {}
_hearing_all: list[Handler] = []


def on(verb: str, handler: Handler) -> None:
    """Call `handler` with each batch of `verb`, inside the writer's transaction; it may only write rows.

    Raises:
        ValueError: the handler hears this verb already.
    """
    heard = _handlers.setdefault(verb, [])
    if handler in heard:
        raise ValueError(f"{handler.__qualname__} hears {verb!r} twice.")
    heard.append(handler)


def on_every(handler: Handler) -> None:
    """Call `handler` with each batch of every verb, as `on` does; for what follows the whole journal.

    Raises:
        ValueError: the handler hears every verb already.
    """
    if handler in _hearing_all:
        raise ValueError(f"{handler.__qualname__} hears every verb twice.")
    _hearing_all.append(handler)


def handlers() -> dict[str, list[Handler]]:
    """Who hears what, for the guard test."""
    return {verb: list(heard) for verb, heard in _handlers.items()}


@dataclass(frozen=True)
class Happening:
    """One entry to be written; `thread` is the subject itself unless given."""

    verb: str
    subject: Model
    at: datetime
    thread: Model | None = None
    facts: Mapping[str, object] = field(default_factory=dict)
    is_demo: bool = False


def record(
    verb: str,
    *,
    subject: Model,
    by: Person | None,
    at: datetime,
    thread: Model | None = None,
    is_demo: bool = False,
    **facts: object,
) -> JournalEntry:
    """Write one entry and let those who listen hear of it.

    Raises:
        KeyError: nobody registered the verb.
        LookupError: the subject is of no registered kind.
    """
    happening = Happening(verb, subject, at, thread, facts, is_demo)
    return record_many([happening], by=by)[0]


def record_many(happenings: Iterable[Happening], *, by: Person | None) -> list[JournalEntry]:
    """Write many entries in one statement; handlers hear one batch a verb."""
    batch_id = uuid.uuid4()
    entries = [_entry(happening, by, batch_id) for happening in happenings]
    stored = JournalEntry.objects.bulk_create(entries, batch_size=5_000)
    _tell({entry.verb for entry in stored}, batch_id)
    return stored


def record_select(verb: str, select: str, params: Sequence[Any] | Mapping[str, Any], *, by: Person | None) -> int:
    """Write one entry for each row of the SQL `select`, and return how many.

    The select yields the columns `at, subject_kind, subject_id, thread_kind, thread_id, facts, personal, is_demo` in this
    order. For sets that never come into Python: imports and bulk work.
    """
    verbs.get(verb)
    batch_id = uuid.uuid4()
    columns = "at, subject_kind, subject_id, thread_kind, thread_id, facts, personal, is_demo"
    fixed = {"verb": verb, "actor": by.pk if by else None, "way": _way.get().value, "batch": batch_id}
    constants = "%(j_batch)s::uuid, %(j_actor)s::bigint, %(j_way)s, %(j_verb)s"
    given = {f"j_{key}": value for key, value in fixed.items()} | dict(params)
    statement = (
        f"INSERT INTO workspace_journal_entry ({columns}, batch_id, actor_id, way, verb) "  # noqa: S608 - the select is ours
        f"SELECT {columns}, {constants} FROM ({select}) AS happened ({columns})"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        written: int = cursor.rowcount
    if written:
        _tell({verb}, batch_id)
    return written


def _entry(happening: Happening, by: Person | None, batch_id: uuid.UUID) -> JournalEntry:
    verb = verbs.get(happening.verb)
    subject_kind, subject_id = subjects.of(happening.subject)
    thread_kind, thread_id = subjects.of(happening.thread or happening.subject)
    return JournalEntry(
        at=happening.at,
        batch_id=batch_id,
        actor=by,
        way=_way.get(),
        verb=verb.key,
        subject_kind=subject_kind,
        subject_id=subject_id,
        thread_kind=thread_kind,
        thread_id=thread_id,
        facts={key: value for key, value in happening.facts.items() if key not in verb.personal},
        personal={key: value for key, value in happening.facts.items() if key in verb.personal},
        is_demo=happening.is_demo,
    )


def _tell(spoken: set[str], batch_id: uuid.UUID) -> None:
    for verb in sorted(spoken):
        for handler in (*_handlers.get(verb, ()), *_hearing_all):
            handler(Batch(verb, batch_id))


@transaction.atomic
def remove_demo_entries() -> int:
    """Delete the entries of the demo workspace, the one set the trigger lets go; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL smarketing.journal_may_forget = 'demo'")
        cursor.execute("DELETE FROM workspace_journal_entry WHERE is_demo")
        removed: int = cursor.rowcount
        cursor.execute("SET LOCAL smarketing.journal_may_forget = ''")
    return removed
