"""The journal's monthly partitions, made ahead of time."""

import itertools
from datetime import date, datetime

from django.db import connection, transaction


def months(first: date, count: int) -> list[date]:
    """The first days of `count` months from the month of `first` on."""
    start = first.year * 12 + first.month - 1
    return [date(month // 12, month % 12 + 1, 1) for month in range(start, start + count)]


def make_partitions(now: datetime, *, ahead: int = 3) -> list[str]:
    """Make the partitions of this month and of `ahead` more; returns the names of those that are new.

    A month whose rows fell into the default partition already (the clock stood still for months) stays there: PostgreSQL
    would have to move them under a lock.
    """
    first_days = months(now.date(), ahead + 2)
    return [name for start, end in itertools.pairwise(first_days) if (name := _make(start, end)) is not None]


@transaction.atomic
def _make(start: date, end: date) -> str | None:
    name = f"workspace_journal_entry_{start:%Y_%m}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('journal partitions')), to_regclass(%s)", [name])
        if cursor.fetchone()[1] is not None:
            return None
        cursor.execute(
            "SELECT EXISTS (SELECT FROM workspace_journal_entry_rest WHERE recorded_at >= %s AND recorded_at < %s)",
            [start, end],
        )
        if cursor.fetchone()[0]:
            return None
        cursor.execute(
            f"CREATE TABLE {name} PARTITION OF workspace_journal_entry "
            f"FOR VALUES FROM ('{start:%Y-%m-%d} 00:00+00') TO ('{end:%Y-%m-%d} 00:00+00')"
        )
    return name
