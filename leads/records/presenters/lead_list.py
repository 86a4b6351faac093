"""The list of leads: tabs, order, and the rows of one page."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from leads.records import policies
from leads.records.columns import Chosen, readable
from leads.records.filters import LEAD_SORTING, LeadFilter
from leads.records.models import Lead, LeadQuerySet
from leads.records.presenters.hands import Hands, hands_of
from leads.records.presenters.lateness import late_words
from leads.records.presenters.listing import PAGE_SIZE, RecordList, counted
from leads.records.presenters.shape import (
    ShownColumn,
    Surroundings,
    least_width,
    shown_columns,
    with_columns,
)
from workspace.http import SignedInRequest
from workspace.paging import Count, Keyset, Page

TABS: dict[str, str | Promise] = {"open": _("All open"), "mine": _("My leads"), "all": _("All")}
# The ways to sort, each with the direction that one usually wants first.
ORDERS: dict[str, tuple[str | Promise, str]] = {
    "last_activity_at": (_("Last activity"), "-"),
    "created_at": (_("Created"), "-"),
    "value": (_("Value"), "-"),
    "name": (_("Name"), ""),
}


@dataclass(frozen=True)
class Tab:
    """A tab and its address, with the filters that are in use."""

    key: str
    label: str | Promise
    url: str
    is_current: bool


@dataclass(frozen=True)
class Order:
    """A way to sort; when it is in use its address turns the direction round, and `aria` says which one it is."""

    key: str
    label: str | Promise
    url: str
    aria: str = ""


@dataclass(frozen=True)
class LeadRow:
    """One lead of the list, with an address from which the way back leads to this very place."""

    lead: Lead
    url: str
    now: dt.datetime

    @property
    def hands(self) -> Hands:
        return hands_of(self.lead, timezone.localdate(self.now))

    @property
    def late(self) -> str:
        return late_words(self.lead, self.now)


class LeadList(RecordList[Lead]):
    """One page of the list of leads, as an address asks for it."""

    url_name = "records:leads"
    counts_url_name = "records:counts"
    filter_url_name = "records:filter"

    def __init__(self, request: SignedInRequest, now: dt.datetime, query: QueryDict | None = None) -> None:
        super().__init__(request, query)
        self.now = now
        self.may_create = policies.may_create(request.user)
        self.filterset = LeadFilter(self.query, self._rows(self.tab), request=request)

    @cached_property
    def tab(self) -> str:
        """The tab that is asked for; all leads where the address itself asks for open or closed ones."""
        asked = self.query.get("tab", "all" if "is_open" in self.query else "open")
        return asked if asked in TABS else "open"

    def _rows(self, tab: str) -> LeadQuerySet:
        rows = Lead.objects.visible_to(self.person)
        if tab == "mine":
            return rows.open().of(self.person)
        return rows.open() if tab == "open" else rows

    @cached_property
    def order(self) -> str:
        """The order that is asked for; the list's own where there is none of this name."""
        try:
            return LEAD_SORTING.read(self.query.get("ordering"))
        except ValidationError:
            return LEAD_SORTING.default

    def keyset(self, rows: QuerySet[Lead], *, size: int) -> Keyset[Lead]:
        """`rows` in the order of this list, `size` of them a page."""
        return LEAD_SORTING.keyset(rows, self.order, size=size)

    @cached_property
    def page(self) -> Page[Lead]:
        """The rows at the cursor. Costs one query, or two around the first row without a value.

        Raises:
            BadCursor: the cursor is of another list.
        """
        rows = with_columns(self.filterset.qs, self.columns)
        return self.keyset(rows, size=PAGE_SIZE).page(self.cursor)

    @cached_property
    def around(self) -> Surroundings:
        """What the reader chose of the list. Costs one query."""
        return Surroundings.of(self.person)

    @cached_property
    def columns(self) -> list[ShownColumn]:
        """The columns of this list, in order."""
        return shown_columns(self.chosen, self.around.known, self.orders)

    @cached_property
    def chosen(self) -> Chosen:
        """Which columns, and how much room each has."""
        return readable(self.around.columns, self.around.known)

    @property
    def least_width(self) -> int:
        return least_width(self.chosen, self.around.known)

    @property
    def columns_url(self) -> str:
        return f"{reverse('records:columns')}?{self.list_query}"

    def lead_url(self, lead: Lead, row: int, cursor: str | None) -> str:
        """The lead's page, from which the way leads back to this list, and on to the leads around its place there.

        `row` is the lead's on the page at `cursor`, from zero on.
        """
        here = QueryDict(mutable=True)
        if back := self.query_with(cursor=cursor):
            here["list"] = back
        if row:
            here["row"] = str(row)
        here["place"] = self.keyset(Lead.objects.none(), size=1).place_of(lead)
        return f"{lead.get_absolute_url()}?{here.urlencode()}"

    @cached_property
    def rows(self) -> list[LeadRow]:
        return [
            LeadRow(lead, self.lead_url(lead, row, self.cursor), self.now) for row, lead in enumerate(self.page.items)
        ]

    @cached_property
    def has_any(self) -> bool:
        """Whether the visitor sees any lead at all. Costs a query; asked only where the page is empty."""
        return Lead.objects.visible_to(self.person).exists()

    @property
    def tabs(self) -> list[Tab]:
        return [Tab(key, label, self.url_with(tab=key), key == self.tab) for key, label in TABS.items()]

    @property
    def orders(self) -> dict[str, Order]:
        return {key: self._order(key) for key in ORDERS}

    @property
    def current_order(self) -> Order:
        return self._order(self.order.removeprefix("-"))

    def _order(self, key: str) -> Order:
        label, usual = ORDERS[key]
        if self.order.removeprefix("-") != key:
            return Order(key, label, self.url_with(ordering=f"{usual}{key}"))
        if self.order.startswith("-"):
            return Order(key, label, self.url_with(ordering=key), "descending")
        return Order(key, label, self.url_with(ordering=f"-{key}"), "ascending")

    @property
    def all_url(self) -> str:
        return f"{self.path}?tab=all"

    def tab_counts(self) -> dict[str, Count]:
        """How many leads each tab holds, filters aside; see `counted`."""
        return {tab: counted(f"{tab}.{self.person.pk}", self._rows(tab)) for tab in TABS}
