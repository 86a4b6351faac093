"""The saved list that a list of leads shows, or from which it departs."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Optional

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from leads.records import policies
from leads.records.models import Segment
from leads.records.segmenting import TAB, TABS, Sought, sought
from workspace.filtering import Chip

if TYPE_CHECKING:
    from leads.records.presenters.lead_list import LeadList

# The address names the list that it shows by the filter, and the one from which it departs by a name of its own: filters
# that were taken off or changed stand in the address then, until somebody saves them.
SAVED, DEPARTED = "segment", "of"
MOST_TABS = 6
SHARING_ICONS = {
    Segment.Sharing.PRIVATE.value: "lock",
    Segment.Sharing.DEPARTMENT.value: "user-round",
    Segment.Sharing.ALL.value: "users-round",
}
_MOST_DIGITS = 18


@dataclass(frozen=True)
class SavedList:
    """A saved list around what is shown. `is_departed` where filters were changed since it was opened."""

    listing: "LeadList"
    segment: Segment
    is_departed: bool

    @classmethod
    def named(cls, listing: "LeadList") -> Optional["SavedList"]:
        """The one that the address names, if the reader may see it. Costs one query where it names one."""
        given = listing.query.get(SAVED) or listing.query.get(DEPARTED, "")
        if not (given.isascii() and given.isdigit() and len(given) <= _MOST_DIGITS):
            return None
        visible = Segment.objects.visible_to(listing.person).select_related("owner", "department")
        segment = visible.filter(pk=int(given)).first()
        return None if segment is None else cls(listing, segment, is_departed=SAVED not in listing.query)

    @cached_property
    def sought(self) -> Sought:
        """Its filters as the reader sees them: read already where all of them fit."""
        read = self.listing.filterset.form.cleaned_data.get(SAVED)
        return read if isinstance(read, Sought) else sought(self.segment, self.listing.person)

    @property
    def may_change(self) -> bool:
        return policies.may_change_segment(self.listing.person, self.segment)

    @property
    def problems(self) -> list[str]:
        """What of it does not fit any more."""
        return [] if self.is_departed else self.sought.problems

    def opened(self) -> QueryDict:
        """The address of the same list with its filters one by one; those of the address itself stand over them."""
        listing = self.listing
        if self.is_departed:
            query = listing.query.copy()
        else:
            query = QueryDict(self.segment.query, mutable=True)
            query.setdefault(TAB, "all")
            for name, values in listing.query.lists():
                query.setlist(name, values)
            query["ordering"] = listing.order
        for name in (SAVED, "cursor"):
            query.pop(name, None)
        query[DEPARTED] = str(self.segment.pk)
        return query

    def chips(self, own: list[Chip]) -> list[Chip]:
        """Its own filters, each to be taken off, before those that the address adds."""
        chips = [replace(chip, url_without=self._without(chip.name)) for chip in self.sought.filters.chips()]
        if self.sought.tab != "all":
            among = str(TABS.get(self.sought.tab, self.sought.tab))
            chips.insert(0, Chip(TAB, _("Among"), among, self._without(TAB, **{TAB: "all"})))
        return [*chips, *(chip for chip in own if chip.name != SAVED)]

    def _without(self, name: str, **instead: str) -> str:
        query = self.opened()
        query.pop(name, None)
        query.update(instead)
        return f"?{query.urlencode()}"

    @property
    def url(self) -> str:
        """The list as it is saved."""
        return self.segment.get_absolute_url()

    @property
    def keep_url(self) -> str:
        """Where the filters and the order that are shown become those of the list."""
        return f"{reverse('records:keep_segment', args=[self.segment.pk])}?{self.opened().urlencode()}"
