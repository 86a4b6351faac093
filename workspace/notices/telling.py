"""Telling: notices are written with what they tell of, a batch at a time, by one statement."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from typing import Final

from django.db import connection
from django.utils import timezone

from workspace.journal import actions as journal
from workspace.journal.actions import Batch
from workspace.journal.models import IS_STORY, Way
from workspace.notices import digests, recipients
from workspace.notices.kinds import NoticeKind, Recipients, kinds
from workspace.notices.models import Level

# So long a notice waits for being read in the product before it is mailed.
PATIENCE: Final = timedelta(minutes=5)
# What happened longer ago is no news: files and integrations bring years-old events.
NEWS, DEMO_NEWS = timedelta(days=3), timedelta(hours=12)

# What the demo tells of its past is never mailed; what people do in it while they look around is.
# The recipients come with their entries: the planner knows nothing yet of a batch that was written just now, takes it for one
# row, and would go through ten thousand of them ten thousand times to find each again.
_TELL = """
INSERT INTO workspace_notices_notice
       (person_id, kind, level, subject_kind, subject_id, group_key, entry_id, actor_id, told_at, mail_due_at)
SELECT p.id, %(kind)s, COALESCE(f.level, %(default)s), e.thread_kind, e.thread_id, %(kind)s || ':' || {together},
       e.id, e.actor_id, e.recorded_at,
       CASE WHEN COALESCE(f.level, %(default)s) = 'mail' AND NOT ({is_story}) THEN e.recorded_at + %(patience)s END
FROM ({recipients}) AS e (person_id, {columns})
JOIN workspace_people_person p ON p.id = e.person_id AND p.is_active
LEFT JOIN workspace_notices_preference f ON f.person_id = p.id AND f.kind = %(kind)s
WHERE COALESCE(f.level, %(default)s) <> 'off'
  AND (%(own)s OR e.actor_id IS DISTINCT FROM p.id)
  AND e.at > e.recorded_at - CASE WHEN e.is_demo THEN %(demo_news)s ELSE %(news)s END
ORDER BY e.id, p.id
ON CONFLICT (person_id, entry_id) DO NOTHING
RETURNING id, person_id, level
"""


_tells_nothing: ContextVar[bool] = ContextVar("tells_nothing", default=False)


@contextmanager
def nothing() -> Iterator[None]:
    """Let nobody hear of what happens inside: long work on many records is told by a notice of its own, when it has ended."""
    token = _tells_nothing.set(True)
    try:
        yield
    finally:
        _tells_nothing.reset(token)


def register(*new: NoticeKind) -> None:
    """Make kinds known, and hear of their verbs. Of two kinds that hear one event, the one registered first tells a person.

    Raises:
        ValueError: a key is registered already.
    """
    for kind in new:
        kinds.add(kind.key, kind)
        for verb, whom in kind.hears.items():
            journal.on(verb, _teller(kind, whom))


def hear_mentions(*verbs: str) -> None:
    """Let texts of `verbs` name people with an @, and tell those; call it before registering other kinds that hear them."""
    for verb in verbs:
        journal.on(verb, _teller(kinds["mention"], recipients.mentioned))


def _teller(kind: NoticeKind, whom: Recipients) -> journal.Handler:
    def tell_of(batch: Batch) -> None:
        tell(kind, whom, batch)

    tell_of.__qualname__ = f"tell_of[{kind.key}]"
    return tell_of


def tell(kind: NoticeKind, whom: Recipients, batch: Batch) -> int:
    """Write the notices of one batch, inside its transaction; returns how many.

    Costs one statement, and two more where somebody wants this kind in a digest; none for an import, whose records are told
    of by its own notice.
    """
    if _tells_nothing.get() or (not kind.tells_imports and journal.current_way() is Way.IMPORT):
        return 0
    told = whom(batch)
    params = {
        **told.params,
        "kind": kind.key,
        "default": kind.default.value,
        "own": kind.tells_own_acts,
        "patience": PATIENCE,
        "news": NEWS,
        "demo_news": DEMO_NEWS,
    }
    with connection.cursor() as cursor:
        cursor.execute(
            _TELL.format(
                is_story=IS_STORY,
                together=kind.together.value,
                recipients=told.select,
                columns=", ".join(recipients.ENTRY_COLUMNS),
            ),
            params,
        )
        written = cursor.fetchall()
    _put_into_digests((pk, person) for pk, person, level in written if level == Level.DIGEST)
    return len(written)


def _put_into_digests(notices: Iterable[tuple[int, int]]) -> None:
    """Say of each notice when its reader's next digest comes."""
    readers = dict(notices)
    if not readers:
        return
    due = digests.due_for(readers.values(), timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE workspace_notices_notice n SET mail_due_at = due.at "  # noqa: S608 - the condition is ours
            "FROM unnest(%s::bigint[], %s::timestamptz[]) AS due (person_id, at), workspace_journal_entry e "
            "WHERE n.id = ANY(%s) AND n.person_id = due.person_id "
            f"AND e.id = n.entry_id AND e.recorded_at = n.told_at AND NOT ({IS_STORY})",
            [list(due), list(due.values()), list(readers)],
        )
