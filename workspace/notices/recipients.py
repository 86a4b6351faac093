"""Who is told of what: answers for `NoticeKind.hears`, each one SELECT for a whole batch."""

from typing import Final

from workspace.journal.actions import Batch
from workspace.notices import following
from workspace.notices.kinds import Recipients, Told

# Of an entry, what a notice needs beside its person.
ENTRY_COLUMNS: Final = ("id", "at", "recorded_at", "thread_kind", "thread_id", "batch_id", "actor_id", "is_demo")
_ENTRY: Final = ", ".join(f"e.{column}" for column in ENTRY_COLUMNS)

# What every SELECT of recipients goes on with: the entries of the batch, as `e`.
_OF_BATCH: Final = "FROM workspace_journal_entry e {joined} WHERE e.batch_id = %(batch)s::uuid AND e.verb = %(verb)s"


def of_batch(person: str, joined: str = "", where: str = "") -> Recipients:
    """Recipients by a column or expression `person` of the entries `e` and of what is `joined` to them."""
    select = f"SELECT {person}, {_ENTRY} {_OF_BATCH.format(joined=joined)}{f' AND {where}' if where else ''}"

    def recipients(batch: Batch) -> Told:
        return Told(select, {"batch": str(batch.batch_id), "verb": batch.verb})

    return recipients


def of_columns(table: str, *columns: str, where: str = "true") -> Recipients:
    """The people in `columns` of the row `r` of `table` that each entry is about, as it is now."""
    listed = ", ".join(f"(r.{column})" for column in columns)
    return of_batch(
        "named.person_id",
        f"JOIN {table} r ON r.id = e.subject_id CROSS JOIN LATERAL (VALUES {listed}) AS named (person_id)",
        f"named.person_id IS NOT NULL AND {where}",
    )


# Whoever did it: only for kinds that tell of own acts, such as long work that has ended.
actor = of_batch("e.actor_id")

# Whom the text of the entry names with an @, as `workspace.remarks.mentions` stores it.
mentioned = of_batch(
    "named.token[1]::bigint",
    r"CROSS JOIN LATERAL regexp_matches(e.personal ->> 'text', '@\{([0-9]{1,15})\}', 'g') AS named (token)",
)


def followers(batch: Batch) -> Told:
    """Who follows the record on whose timeline the entries stand, and whose record it is, but for those who muted it."""
    chosen = of_batch(
        "f.person_id",
        "JOIN workspace_notices_follow f ON f.subject_kind = e.thread_kind AND f.subject_id = e.thread_id "
        "AND NOT f.is_muted",
    )
    own = [_owners(kind, table, column) for kind, table, column in following.owner_columns()]
    selects = [one(batch).select for one in (chosen, *own)]
    return Told(" UNION ".join(selects), {"batch": str(batch.batch_id), "verb": batch.verb})


def _owners(kind: str, table: str, column: str) -> Recipients:
    return of_batch(
        f"r.{column}",
        f"JOIN {table} r ON e.thread_kind = '{kind}' AND r.id = e.thread_id",
        f"r.{column} IS NOT NULL AND NOT EXISTS (SELECT FROM workspace_notices_follow m "
        f"WHERE m.person_id = r.{column} AND m.subject_kind = '{kind}' AND m.subject_id = r.id AND m.is_muted)",
    )
