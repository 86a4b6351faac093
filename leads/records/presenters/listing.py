"""What the lists of leads and of companies share: filters in use, and addresses that keep all that was asked for."""

import hashlib
from functools import cached_property
from typing import Any, ClassVar, Generic, TypeVar

from django.core.cache import cache
from django.db.models import Model, QuerySet
from django.http import QueryDict
from django.urls import reverse

from workspace import paging
from workspace.filtering import Chip, FilterSet
from workspace.http import SignedInRequest
from workspace.paging import Count, Page

Row = TypeVar("Row", bound=Model)

PAGE_SIZE = 50
_COUNT_SECONDS = 30
# What an address of a list carries besides its filters.
_NO_FILTERS = ("tab", "ordering", "cursor", "of")


def without_blanks(query: QueryDict) -> QueryDict:
    """The query without what is empty, as a form with many fields sends it."""
    cleaned = QueryDict(mutable=True)
    for key, values in query.lists():
        if given := [value for value in values if value.strip()]:
            cleaned.setlist(key, given)
    return cleaned


class RecordList(Generic[Row]):
    """One page of a list, as an address asks for it."""

    url_name: ClassVar[str]
    counts_url_name: ClassVar[str]
    filter_url_name: ClassVar[str]
    filterset: FilterSet

    def __init__(self, request: SignedInRequest, query: QueryDict | None = None) -> None:
        """The list that `query` asks for, else the address of the request itself."""
        self.person = request.user
        self.query = without_blanks(request.GET if query is None else query)
        self.cursor = self.query.get("cursor")

    @property
    def page(self) -> Page[Row]:
        """The rows at the cursor.

        Raises:
            BadCursor: the cursor is of another list.
        """
        raise NotImplementedError

    @cached_property
    def chips(self) -> list[Chip]:
        """The filters in use, the search aside: its words stand in the field."""
        return [chip for chip in self.filterset.chips() if chip.name != "q" or chip.error]

    @property
    def search(self) -> str:
        return self.query.get("q", "")

    @property
    def is_narrowed(self) -> bool:
        return any(key not in _NO_FILTERS for key in self.query)

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What the search field sends along, so that searching keeps tab, filters and order."""
        pairs = [(key, value) for key, values in self.query.lists() for value in values]
        return [(key, value) for key, value in pairs if key not in ("q", "cursor")]

    @property
    def path(self) -> str:
        return reverse(self.url_name)

    @property
    def counts_url(self) -> str:
        return f"{reverse(self.counts_url_name)}?{self.list_query}"

    @property
    def filter_url(self) -> str:
        return f"{reverse(self.filter_url_name)}?{self.list_query}"

    @property
    def list_query(self) -> str:
        """The query string of this list, at its top."""
        return self.query_with(cursor=None)

    @property
    def url(self) -> str:
        """The address of this list, at its top."""
        return self.url_with()

    @property
    def next_url(self) -> str:
        return self.url_with(cursor=self.page.next) if self.page.next else ""

    @property
    def previous_url(self) -> str:
        return self.url_with(cursor=self.page.previous) if self.page.previous else ""

    @property
    def clear_url(self) -> str:
        """The list in this tab and order, without any filter."""
        query = QueryDict(mutable=True)
        for key in ("tab", "ordering"):
            if key in self.query:
                query.setlist(key, self.query.getlist(key))
        return self._address(query.urlencode())

    def url_with(self, **changes: str | None) -> str:
        """The address with `changes`, at the top of the list unless they hold a cursor."""
        return self._address(self.query_with(**{"cursor": None, **changes}))

    def query_with(self, **changes: str | None) -> str:
        query = self.query.copy()
        for key, value in changes.items():
            query.pop(key, None)
            if value is not None:
                query[key] = value
        return query.urlencode()

    def _address(self, query: str) -> str:
        return f"{self.path}?{query}" if query else self.path

    def count(self) -> Count:
        """How many the filters find; see `counted`."""
        digest = hashlib.sha256(self.list_query.encode()).hexdigest()[:32]
        return counted(f"{self.url_name}.{digest}.{self.person.pk}", self.filterset.qs)


def counted(key: str, rows: QuerySet[Any]) -> Count:
    """How many `rows` there are, kept for half a minute under `key`. Costs one query under the limit of `paging.count`."""
    cache_key = f"leads.records.count.{key}"
    count: Count | None = cache.get(cache_key)
    if count is None:
        count = paging.count(rows)
        cache.set(cache_key, count, _COUNT_SECONDS)
    return count
