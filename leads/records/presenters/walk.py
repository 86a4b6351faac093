"""From lead to lead: where one stands in the list from which it was opened, and which ones stand around it there."""

import datetime as dt
from functools import cached_property

from django.http import QueryDict
from django.urls import reverse

from leads.records.models import Lead
from leads.records.presenters.lead_list import LeadList
from leads.records.presenters.listing import PAGE_SIZE
from workspace.http import SignedInRequest
from workspace.paging import BadCursor, Count, Keyset

MOST_DIGITS = 6


class Walk:
    """A lead's place in a list. It stays where the list had the lead, though work on the lead moves it to elsewhere."""

    def __init__(self, request: SignedInRequest, pk: int, now: dt.datetime) -> None:
        self.pk = pk
        self.place = request.GET.get("place", "")
        self._query = request.GET.urlencode()
        row = request.GET.get("row", "0")
        self._row = int(row) if row.isascii() and row.isdigit() and len(row) < MOST_DIGITS else 0
        self._listing = LeadList(request, now, QueryDict(request.GET.get("list", "")))

    @property
    def _leads(self) -> Keyset[Lead]:
        return self._listing.keyset(self._listing.filterset.qs.exclude(pk=self.pk), size=1)

    @cached_property
    def _around(self) -> tuple[Lead | None, Lead | None]:
        try:
            return self._leads.around(self.place) if self.place else (None, None)
        except BadCursor:
            return None, None

    @property
    def previous(self) -> Lead | None:
        return self._around[0]

    @property
    def next(self) -> Lead | None:
        return self._around[1]

    @property
    def is_there(self) -> bool:
        """Whether there is anywhere to go. With the leads around it costs two queries, up to four at the ends of a list."""
        return any(self._around)

    @property
    def previous_url(self) -> str:
        """The lead before; off the page on which one stands, the way back leads to the page that ends there."""
        if self.previous is None:
            return ""
        if self._row > 0 or not self._listing.cursor:
            return self._listing.lead_url(self.previous, max(self._row - 1, 0), self._listing.cursor)
        return self._listing.lead_url(self.previous, PAGE_SIZE - 1, self._leads.page_before(self.place))

    @property
    def next_url(self) -> str:
        """The lead behind; off the page on which one stands, the way back leads to the page that begins there."""
        if self.next is None:
            return ""
        if self._row + 1 < PAGE_SIZE:
            return self._listing.lead_url(self.next, self._row + 1, self._listing.cursor)
        return self._listing.lead_url(self.next, 0, self.place)

    @property
    def counts_url(self) -> str:
        return f"{reverse('records:walk', args=[self.pk])}?{self._query}"

    def counts(self) -> tuple[Count, Count]:
        """Which one it is, from one on, and of how many; the latter is kept for a short while, as the list's own number is.

        Raises:
            BadCursor: the place is of another list.
        """
        before, total = self._leads.count_before(self.place), self._listing.count()
        if before.number is None or total.number is None:
            return Count(None, exact=False), total
        number = before.number + 1
        # The last one may have left the list meanwhile, as a lead that was won leaves the open ones.
        return Count(number, exact=before.exact), Count(max(number, total.number), exact=total.exact)
