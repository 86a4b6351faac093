"""What is new beside the visitor's own work: leads that came in, what colleagues did, and the departments' numbers."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from leads.funnel.models import Stage
from leads.records.models import Lead
from leads.records.presenters.timeline import Line, lines_of
from workspace import paging
from workspace.journal.models import JournalEntry, Way
from workspace.paging import Count
from workspace.people.models import Department, Person

NEWEST = 6
LINES = 8
# Looking further back would sort all that happened to find the newest.
SPAN = dt.timedelta(days=7)
_TOLD = (
    "lead.called", "lead.mailed", "lead.met", "lead.noted", "lead.moved", "lead.next_step_done", "lead.deal_opened",
)  # fmt: skip


def newest(person: Person) -> list[Lead]:
    """The leads that came in last. Costs one query."""
    leads = Lead.objects.visible_to(person).open().select_related("source", "stage__department", "company")
    return list(leads.order_by("-created_at", "-pk")[:NEWEST])


def of_colleagues(person: Person, now: dt.datetime) -> list[Line]:
    """What others did in the last week, newest first, on leads that `person` sees; what came in with a file nobody did here.

    Costs three queries, and one where a text names somebody.
    """
    entries = JournalEntry.objects.filter(verb__in=_TOLD, thread_kind="lead", at__gt=now - SPAN, at__lte=now)
    entries = entries.exclude(actor=None).exclude(actor=person).exclude(way=Way.IMPORT).order_by("-at", "-pk")
    found = list(entries.select_related("actor").prefetch_related("actor__departments")[:LINES])
    about = Lead.objects.visible_to(person).in_bulk({entry.thread_id for entry in found})
    return lines_of([entry for entry in found if entry.thread_id in about], about)


@dataclass(frozen=True)
class Number:
    """One number in words, with the address of the list behind it."""

    words: str | Promise
    count: Count
    url: str
    is_trouble: bool = False


@dataclass(frozen=True)
class SideNumbers:
    letter: str
    name: str
    numbers: list[Number]


def numbers(person: Person, now: dt.datetime) -> list[SideNumbers]:
    """How much each department has open and how much of it nobody has said what comes next for.

    Costs three queries and one a number, each under the time limit of `paging.count`.
    """
    leads = Lead.objects.visible_to(person).open()
    week_ago = timezone.localdate(now) - dt.timedelta(days=7)
    stages: dict[str, list[int]] = {}
    for pk, letter in Stage.objects.values_list("pk", "department__key"):
        stages.setdefault(letter, []).append(pk)
    sides = []
    for department in Department.objects.all():
        there = leads.filter(stage__in=stages.get(department.key, []))
        still = there.filter(next_step="").exclude(asleep_until__gt=timezone.localdate(now))
        query = {"tab": "all", "is_open": "open", "department": department.key}
        told = [
            _number(_("open leads"), there, query),
            _number(_("without a next step"), still, {**query, "has_no": "next_step", "asleep": "no"}),
        ]
        if department.key == Department.Key.MARKETING:
            fresh = leads.filter(created_at__gte=_start(week_ago))
            told.append(
                _number(_("new in 7 days"), fresh, {"tab": "all", "is_open": "open", "created_after": week_ago})
            )
        else:
            told.append(_won(person, now))
        sides.append(SideNumbers(department.key, department.name, told))
    return sides


def _won(person: Person, now: dt.datetime) -> Number:
    since = timezone.localdate(now) - dt.timedelta(days=28)
    won = Lead.objects.visible_to(person).filter(stage__kind=Stage.Kind.WON, closed_at__gte=_start(since))
    return _number(_("won in 4 weeks"), won, {"tab": "all", "is_open": "won", "closed_after": since})


def _number(words: str | Promise, leads: QuerySet[Lead], query: Mapping[str, object]) -> Number:
    return Number(words, paging.count(leads), f"{reverse('records:leads')}?{urlencode(query)}")


def _start(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))
