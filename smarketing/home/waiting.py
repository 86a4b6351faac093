"""What waits for one person: next steps that are due, leads to sort, and leads of theirs without a next step.

A lead is the owner's turn while it has an owner, else the marketer's. Somebody of sales looks after those they own; somebody
of marketing after those they market and nobody owns yet.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from leads.records import policies
from leads.records.models import Lead, LeadQuerySet
from workspace.paging import Count
from workspace.people.models import Department, Person

SHOWN = 8
COUNTED = 100

Query = Mapping[str, str | list[str]]


@dataclass(frozen=True)
class Group:
    """One kind of waiting: its first rows, how many there are, and the address of the list that holds all."""

    key: str
    title: str | Promise
    icon: str
    leads: list[Lead]
    count: Count
    url: str

    @property
    def is_cut(self) -> bool:
        return not self.count.exact or (self.count.number or 0) > len(self.leads)


def of(person: Person) -> tuple[LeadQuerySet, Query]:
    """The open leads that are this person's turn, and the list's filters that find the same. Costs up to one query."""
    leads = Lead.objects.visible_to(person).open()
    mine: dict[str, str | list[str]] = {"tab": "all", "is_open": "open"}
    if person.department_keys == [Department.Key.MARKETING]:
        return leads.filter(marketer=person, owner=None), {**mine, "marketer": "me", "has_no": ["owner"]}
    return leads.filter(owner=person), {**mine, "owner": "me"}


def due(person: Person, now: dt.datetime) -> LeadQuerySet:
    """With a next step that is due by the end of the reader's day, the most overdue first."""
    leads, _query = of(person)
    return leads.filter(next_step_at__lt=_end_of_day(now)).order_by("next_step_at", "pk")


def to_sort(person: Person) -> LeadQuerySet:
    """Which `person` is to sort, the first to be sorted first."""
    leads = Lead.objects.visible_to(person).open().filter(to_sort_by=person, next_step="")
    return leads.order_by(F("to_sort_until").asc(nulls_last=True), "pk")


def without_step(person: Person, now: dt.datetime) -> LeadQuerySet:
    """Awake and without a next step, those that stand still longest first."""
    leads, _query = of(person)
    awake = Q(asleep_until=None) | Q(asleep_until__lte=timezone.localdate(now))
    return leads.filter(awake, next_step="").exclude(to_sort_by=person).order_by("stage_entered_at", "pk")


def badge(person: Person) -> LeadQuerySet:
    """What My day counts: steps that are due, and leads to sort."""
    now = timezone.now()
    waits = Q(pk__in=due(person, now).order_by().values("pk")) | Q(pk__in=to_sort(person).order_by().values("pk"))
    return Lead.objects.filter(waits)


@dataclass(frozen=True)
class Waiting:
    """All that waits for `person` at `now`. Each group costs one query, at any length."""

    person: Person
    now: dt.datetime

    @cached_property
    def groups(self) -> list[Group]:
        """Those with something in them."""
        _leads, query = of(self.person)
        due_query = {**query, "next_step": ["overdue", "today"]}
        sort_query: Query = {"tab": "all", "is_open": "open", "to_sort_by": "me", "has_no": ["next_step"]}
        step_query = {**query, "has_no": [*query.get("has_no", []), "next_step"], "asleep": "no"}
        all_groups = [
            _group("due", _("Next steps due"), "calendar-check", due(self.person, self.now), due_query),
            _group("sort", _("To sort"), "inbox", to_sort(self.person), sort_query),
            _group(
                "still",
                _("Mine, without a next step"),
                "circle-dashed",
                without_step(self.person, self.now),
                step_query,
            ),
        ]
        return [group for group in all_groups if group.leads]

    @cached_property
    def has_leads(self) -> bool:
        """Whether there is any lead to look after. Costs a query; asked only where nothing waits."""
        return Lead.objects.visible_to(self.person).exists()

    @property
    def may_create(self) -> bool:
        return policies.may_create(self.person)

    @property
    def today(self) -> dt.date:
        return timezone.localdate(self.now)


def _group(key: str, title: str | Promise, icon: str, leads: LeadQuerySet, query: Query) -> Group:
    rows = list(leads.for_list().select_related("source", "stage__department")[: COUNTED + 1])
    count = Count(min(len(rows), COUNTED), exact=len(rows) <= COUNTED)
    return Group(key, title, icon, rows[:SHOWN], count, f"{reverse('records:leads')}?{urlencode(query, doseq=True)}")


def _end_of_day(now: dt.datetime) -> dt.datetime:
    local = timezone.localtime(now)
    return local.replace(hour=0, minute=0, second=0, microsecond=0) + dt.timedelta(days=1)
