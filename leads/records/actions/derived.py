"""Derived columns of leads, written by upper rooms for many at once."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from leads.records.models import Lead

DERIVED = frozenset({"fit", "engagement", "grade", "care", "last_activity_at"})


@transaction.atomic
def set_derived(batch: Mapping[int, Mapping[str, Any]]) -> int:
    """Write derived columns by lead id; returns how many leads there were. No journal entry, no new version: it is a copy.

    Raises:
        ValueError: a column is not derived.
    """
    columns = sorted({column for values in batch.values() for column in values})
    if foreign := set(columns) - DERIVED:
        raise ValueError(f"Not derived columns of a lead: {', '.join(sorted(foreign))}.")
    leads = list(Lead.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=batch).order_by("pk"))
    for lead in leads:
        for column, value in batch[lead.pk].items():
            setattr(lead, column, value)
    if columns:
        Lead.objects.bulk_update(leads, columns, batch_size=1_000)
    return len(leads)
