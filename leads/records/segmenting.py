"""What a segment finds: its filters read for whoever looks, and the filter by a segment of lists, counts and the API."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.records.filters import LEAD_SORTING, LeadFilter
from leads.records.models import Lead, LeadQuerySet, Segment
from leads.records.models.segments import LONGEST_QUERY
from workspace.filtering import Filter
from workspace.people.models import Person

TABS: dict[str, str | Promise] = {
    "open": gettext_lazy("All open"),
    "mine": gettext_lazy("My leads"),
    "all": gettext_lazy("All"),
}
TAB = "tab"
_MOST_DIGITS = 18


@dataclass(frozen=True)
class Asking:
    """Who asks, where filters are read outside of a request."""

    user: Person


@dataclass(frozen=True)
class Sought:
    """A segment as one person reads it."""

    segment: Segment
    filters: LeadFilter
    tab: str

    def narrowed(self, rows: LeadQuerySet, person: Person) -> Any:
        """Those of `rows` that it finds for `person`, who is the one that read it."""
        return self.filters.filter_queryset(in_tab(rows, self.tab, person))

    @property
    def problems(self) -> list[str]:
        """What of its filters does not fit any more, in sentences."""
        labels = {name: str(self.filters.filters[name].label) for name in self.filters.errors}
        return [f"{labels[name]}: {' '.join(told)}" for name, told in self.filters.errors.items()]


def in_tab(rows: LeadQuerySet, tab: str, person: Person) -> LeadQuerySet:
    """Those of `rows` that stand in this tab of the list."""
    if tab == "mine":
        return rows.open().of(person)
    return rows.open() if tab == "open" else rows


def sought(segment: Segment, person: Person) -> Sought:
    """The segment as `person` reads it. Costs a query for each record that it names."""
    query = QueryDict(segment.query, mutable=True)
    [tab] = query.pop(TAB, ["all"])[-1:]
    return Sought(segment, LeadFilter(query, Lead.objects.none(), request=Asking(person)), str(tab))


def clean_query(text: str, person: Person) -> str:
    """The filters as they are to be stored, in the order given.

    Raises:
        ValidationError: for `query`: a filter that there is not, a value that does not fit, or more than can be kept.
    """
    if len(text) > LONGEST_QUERY:
        raise ValidationError({"query": _("These are more filters than a list can keep.")})
    query = QueryDict(text, mutable=True)
    tab = query.pop(TAB, ["all"])[-1]
    filters = LeadFilter(query, Lead.objects.none(), request=Asking(person))
    wrong = [_("There is no filter “%s”.") % name[:80] for name in query if name not in filters.filters]
    wrong += (
        [] if tab in TABS else [_("“%(given)s” is none of %(tabs)s.") % {"given": tab[:40], "tabs": ", ".join(TABS)}]
    )
    wrong += [
        _("A list cannot be kept with the filter “%s”.") % filters.filters[name].label
        for name in query
        if name in filters.filters and not filters.filters[name].is_typed
    ]
    if not wrong:
        labels = {name: filters.filters[name].label for name in filters.errors}
        wrong = [f"{labels[name]}: {' '.join(told)}" for name, told in filters.errors.items()]
    if wrong:
        raise ValidationError({"query": wrong})
    kept = QueryDict(mutable=True)
    for name, values in query.lists():
        if given := [value for value in values if value.strip()]:
            kept.setlist(name, given)
    if tab != "all":
        kept[TAB] = tab
    return kept.urlencode()


def clean_ordering(ordering: str) -> str:
    """The order as it is to be stored, nothing for the list's own.

    Raises:
        ValidationError: for `ordering`: the list cannot be sorted by this.
    """
    return LEAD_SORTING.read(ordering) if ordering else ""


class SegmentFilter(Filter):
    """Leads of a segment, which is given by its id, as whoever asks reads it.

    One whose filters do not fit any more is an error that says which, and finds nothing: without the filter that is gone it
    would hold leads that nobody meant, for an export or an act on all of them. Costs one query, and those of its values.
    """

    schema: ClassVar[dict[str, Any]] = {"type": "integer"}
    is_typed = False
    is_strict = True

    def read(self, text: str) -> Sought:
        is_id = text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
        person = self.person
        visible = Segment.objects.visible_to(person) if person is not None else Segment.objects.none()
        segment = visible.filter(pk=int(text)).first() if is_id else None
        if segment is None or person is None:
            raise ValidationError(_("There is no saved list of this number, or it is not shared with you."))
        found = sought(segment, person)
        if found.problems:
            message = _("The saved list “%(list)s” asks for what is no longer there: %(problems)s")
            raise ValidationError(message % {"list": segment, "problems": " ".join(found.problems)})
        return found

    def narrow(self, rows: Any, value: Sought) -> Any:
        assert self.person is not None, "read by nobody"
        return value.narrowed(rows, self.person)

    def say(self, value: Sought) -> str:
        return str(value.segment)
