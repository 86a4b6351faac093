"""The list of leads: tabs, order, and the rows of one page."""

import datetime as dt
import hashlib
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

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
from leads.records.models import Lead, LeadQuerySet, Segment
from leads.records.presenters.hands import Hands, hands_of
from leads.records.presenters.lateness import late_words
from leads.records.presenters.listing import PAGE_SIZE, RecordList, counted
from leads.records.presenters.saved import MOST_TABS, SAVED, SHARING_ICONS, SavedList
from leads.records.presenters.shape import (
    SavedTab,
    ShownColumn,
    Surroundings,
    least_width,
    shown_columns,
    with_columns,
)
from leads.records.segmenting import TABS, in_tab, sought
from workspace.filtering import Chip
from workspace.http import SignedInRequest
from workspace.paging import Count, Keyset, Page

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
    icon: str = ""


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
        if query is None and not self.query and self.around.default is not None:
            self.query[SAVED] = str(self.around.default)
        self.filterset = LeadFilter(self.query, self._rows(self.tab), request=request)

    @cached_property
    def tab(self) -> str:
        """The tab that is asked for; all leads where the address itself asks for open or closed ones, or for a saved list."""
        asked = self.query.get("tab", "all" if "is_open" in self.query or SAVED in self.query else "open")
        return asked if asked in TABS else "open"

    def _rows(self, tab: str) -> LeadQuerySet:
        return in_tab(Lead.objects.visible_to(self.person), tab, self.person)

    @cached_property
    def saved(self) -> "SavedList | None":
        """The saved list that is shown, or from which this list departs. Costs one query where the address names one."""
        return SavedList.named(self)

    @cached_property
    def order(self) -> str:
        """The order that is asked for; the list's own where there is none of this name."""
        try:
            return LEAD_SORTING.read(
                self.query.get("ordering") or (self.saved.segment.ordering if self.saved else None)
            )
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
        stored = self.saved.segment.columns if self.saved else None
        return readable(stored or self.around.columns, self.around.known)

    @property
    def least_width(self) -> int:
        return least_width(self.chosen, self.around.known)

    @property
    def columns_url(self) -> str:
        """Where the columns are chosen; nowhere for those of somebody else's list."""
        if self.saved is not None and not self.saved.may_change:
            return ""
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
        """The tabs that every list has, and those of saved lists."""
        if self.saved is None:
            own = [Tab(key, label, self.url_with(tab=key), key == self.tab) for key, label in TABS.items()]
        else:
            own = [Tab(key, label, f"{self.path}?tab={key}", is_current=False) for key, label in TABS.items()]
        return own + [
            Tab(
                f"saved-{one.pk}",
                one.name,
                f"{self.path}?{SAVED}={one.pk}",
                self.saved is not None and self.saved.segment.pk == one.pk,
                SHARING_ICONS[one.sharing],
            )
            for one in self.saved_tabs
        ]

    @property
    def saved_tabs(self) -> list[SavedTab]:
        """The saved lists that have a tab: the default, the one that is shown, and the first others."""
        shown = {self.around.default, self.saved.segment.pk if self.saved else None}
        first = sorted(self.around.saved, key=lambda one: one.pk not in shown)[:MOST_TABS]
        return [one for one in self.around.saved if one in first]

    @cached_property
    def chips(self) -> list[Chip]:
        """The filters in use, those of the saved list one by one among them."""
        own = super().chips
        return own if self.saved is None or self.saved.is_departed else self.saved.chips(own)

    @property
    def filter_query(self) -> str:
        """What the form of the filters begins with: those of the saved list as if they had been given here."""
        return self.saved.opened().urlencode() if self.saved else self.list_query

    @property
    def filter_url(self) -> str:
        return f"{reverse(self.filter_url_name)}?{self.filter_query}"

    @property
    def save_url(self) -> str:
        """Where this list is saved under a name."""
        return f"{reverse('records:new_segment')}?{self.filter_query}"

    @property
    def clear_url(self) -> str:
        """The list in this tab and order, without any filter; where one opens on a saved list, the tab must be named."""
        if self.around.default is None and self.saved is None:
            return super().clear_url
        return self._address(urlencode({"tab": self.tab}))

    @property
    def open_url(self) -> str:
        """All open leads, on whatever list one opens."""
        return self.path if self.around.default is None else f"{self.path}?tab=open"

    @property
    def is_lost(self) -> bool:
        """Whether the address names a saved list that there is not, or not for this reader."""
        return SAVED in self.filterset.errors and self.saved is None

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
        numbers = {tab: counted(f"{tab}.{self.person.pk}", self._rows(tab)) for tab in TABS}
        shown = Segment.objects.visible_to(self.person).filter(pk__in=[one.pk for one in self.saved_tabs])
        for segment in shown.order_by("pk"):
            found = sought(segment, self.person)
            digest = hashlib.sha256(segment.query.encode()).hexdigest()[:16]
            if not found.problems:
                rows = found.narrowed(Lead.objects.visible_to(self.person), self.person)
                numbers[f"saved-{segment.pk}"] = counted(f"saved.{segment.pk}.{digest}.{self.person.pk}", rows)
        return numbers
