"""The bin as its page lists it: what was taken out, the last first, by whom, and until when it can come back."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

from leads.records import policies
from leads.records.actions.binning import KEPT
from leads.records.models import Lead
from workspace import paging
from workspace.http import SignedInRequest
from workspace.journal.models import JournalEntry
from workspace.people.models import Person
from workspace.sorting import Column, Sorting

BIN_SORTING = Sorting({"removed_at": Column("deleted_at")}, default="-removed_at")
PAGE_SIZE = 50
_TOLD_BY = ("lead.binned", "lead.removed")


@dataclass(frozen=True)
class BinRow:
    """A lead in the bin. `why` is said of what went with an import that was taken back."""

    lead: Lead
    by: Person | None
    why: str
    until: dt.datetime


class BinList:
    """One page of the bin."""

    def __init__(self, request: SignedInRequest) -> None:
        self._rows = Lead.objects.in_bin_visible_to(request.user).select_related("stage__department")
        self._cursor = request.GET.get("cursor")
        self.may_remove = policies.may_remove(request.user)

    @cached_property
    def page(self) -> paging.Page[Lead]:
        """The leads at the cursor.

        Raises:
            BadCursor: the cursor is of another list.
        """
        return BIN_SORTING.keyset(self._rows, BIN_SORTING.default, size=PAGE_SIZE).page(self._cursor)

    @cached_property
    def rows(self) -> list[BinRow]:
        """Costs one query beyond the page, at any length."""
        ids = [lead.pk for lead in self.page.items]
        told = JournalEntry.objects.filter(thread_kind="lead", thread_id__in=ids, verb__in=_TOLD_BY)
        entries = {entry.thread_id: entry for entry in told.select_related("actor").order_by("pk")}
        return [_row(lead, entries.get(lead.pk)) for lead in self.page.items]


def _row(lead: Lead, entry: JournalEntry | None) -> BinRow:
    assert lead.deleted_at is not None, "what lies in the bin was put there"
    why = str(entry.facts.get("reason", "")) if entry else ""
    return BinRow(lead, entry.actor if entry else None, why, lead.deleted_at + KEPT)
