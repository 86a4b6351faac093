"""A record's timeline: journal entries as lines, grouped by day while they are recent and by month before."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.db.models import Model
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from leads.audience.models import BuyingRole
from leads.records.fields import FIELDS, Kind
from leads.records.presenters.facts import CONSENT_LABELS
from workspace.journal.models import JournalEntry, JournalQuerySet, Way
from workspace.pages import wording
from workspace.paging import Keyset, Page
from workspace.remarks import mentions

PAGE_SIZE = 30
# What a timeline can be narrowed to, by the groups of its verbs.
SHOWN = {"all": gettext_lazy("All"), "talks": gettext_lazy("Talks"), "changes": gettext_lazy("Changes")}
_DAYS_APART = 14
# Values that the journal keeps by their key.
_CHOICES = {"buying_role": {str(role): role.label for role in BuyingRole}}


@dataclass(frozen=True)
class Changed:
    """A field with what stood there and what stands there now."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Line:
    """One entry. `detail` is what the grey end of the sentence adds, `text` what somebody wrote."""

    entry: JournalEntry
    icon: str
    letters: list[str]
    who: str
    words: str
    detail: str = ""
    text: str = ""
    changes: list[Changed] = field(default_factory=list)
    about: Model | None = None
    moment: str = ""

    @property
    def exactly(self) -> str:
        return wording.exactly(self.entry.at)


@dataclass(frozen=True)
class Day:
    """Lines under one heading. `key` names the heading, so that the next page does not repeat it."""

    key: str
    heading: str
    lines: list[Line]


@dataclass(frozen=True)
class Timeline:
    """One page of a timeline, as drawn."""

    shown: str
    days: list[Day]
    next: str | None
    previous: str | None

    @property
    def last_day(self) -> str:
        return self.days[-1].key if self.days else ""


def read(
    entries: JournalQuerySet,
    *,
    shown: str,
    cursor: str | None,
    now: dt.datetime,
    about: Mapping[int, Model] | None = None,
) -> Timeline:
    """The page of `entries` at `cursor`, newest first. Costs two queries: the entries, and the actors' departments; a
    third one where a text names somebody.

    `about` names other records whose entries stand among them, by id, where a timeline gathers several threads.

    Raises:
        BadCursor: the cursor is of another list.
    """
    shown = shown if shown in SHOWN else "all"
    if shown != "all":
        entries = entries.of_groups([shown])
    rows = entries.select_related("actor").prefetch_related("actor__departments")
    page: Page[JournalEntry] = Keyset(rows, sort="-at", nullable=False, size=PAGE_SIZE).page(cursor)
    lines = lines_of(page.items, about or {})
    return Timeline(shown, list(_by_day(lines, now)), page.next, page.previous)


def lines_of(entries: Iterable[JournalEntry], about: Mapping[int, Model]) -> list[Line]:
    """`entries` in words, with the names of those whom their texts name. Costs a query where one does, and none for who
    acted where the actors' departments are prefetched."""
    lines = [_line_of(entry, about) for entry in entries]
    return [
        replace(line, text=text) for line, text in zip(lines, mentions.drawn([one.text for one in lines]), strict=True)
    ]


def groups() -> list[tuple[str, str]]:
    """What a timeline can be narrowed to: key and words."""
    return [(key, str(words)) for key, words in SHOWN.items()]


def more_query(page: Timeline) -> str:
    """The query string of the page after `page`."""
    return urlencode({"show": page.shown, "cursor": page.next, "day": page.last_day})


def _line_of(entry: JournalEntry, about: Mapping[int, Model]) -> Line:
    facts: dict[str, Any] = {**entry.facts, **entry.personal}
    return Line(
        entry=entry,
        icon=entry.definition.icon,
        letters=entry.actor.department_keys if entry.actor else [],
        who=str(entry.actor) if entry.actor else _("The workspace"),
        words=_words(entry, facts),
        detail=" · ".join(_details(entry, facts)),
        text=str(facts.get("text") or facts.get("reason_text") or ""),
        changes=[changed_in(change) for change in facts.get("changes") or []],
        about=about.get(entry.thread_id) if entry.thread_kind == "lead" else None,
    )


def _words(entry: JournalEntry, facts: Mapping[str, Any]) -> str:
    if entry.verb == "lead.called" and facts.get("was_reached") is False:
        return _("called and reached nobody")
    return str(entry.line)


def _details(entry: JournalEntry, facts: Mapping[str, Any]) -> Iterable[str]:
    """What is worth a word and stands in no sentence: how long, why, and by which way when it was no page."""
    if (minutes := facts.get("minutes")) is not None:
        yield ngettext("%d minute", "%d minutes", minutes) % minutes
    if entry.verb == "lead.moved" and facts.get("seconds") is not None:
        yield _("after %(time)s") % {"time": wording.duration(facts["seconds"])}
    if facts.get("reason"):
        yield str(facts["reason"])
    if facts.get("due") and (due := parse_datetime(facts["due"])):
        yield _("for %(moment)s") % {"moment": _moment(due)}
    if entry.way in (Way.API, Way.IMPORT) and entry.verb not in ("lead.imported", "company.imported"):
        yield str(Way(entry.way).label)


def changed_in(change: Mapping[str, Any]) -> Changed:
    """A change as the journal keeps it, in words."""
    key = str(change.get("field", ""))
    known = FIELDS.get(key)
    kind = known.kind if known else None
    label = str(known.label) if known else str(change.get("label", key))
    words = _CHOICES.get(key, {})
    old, new = (
        words.get(told, told) if isinstance(told, str) else told for told in (change.get("old"), change.get("new"))
    )
    return Changed(label, said(old, kind), said(new, kind))


def said(value: Any, kind: Kind | None = None) -> str:
    """A value of the journal as a reader has it; a dash for nothing."""
    if value in (None, "", [], {}):
        return wording.NOTHING
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        return ", ".join(f"{CONSENT_LABELS.get(way, way)}: {said(answer)}" for way, answer in value.items())
    if isinstance(value, list):
        return ", ".join(map(str, value))
    read = _BY_KIND.get(kind) if kind else None
    return read(str(value)) if read else str(value)


def _amount(text: str) -> str:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return text
    whole = amount == amount.to_integral_value()
    return number_format(amount, decimal_pos=0 if whole else 2, force_grouping=True)


def _moment(at: dt.datetime) -> str:
    local = timezone.localtime(at)
    return date_format(local, "j M, H:i" if local.year == timezone.localdate().year else "j M Y, H:i")


def _moment_in(text: str) -> str:
    at = parse_datetime(text)
    return _moment(at) if at else text


def _day_in(text: str) -> str:
    day = parse_date(text)
    return date_format(day, "j M Y") if day else text


_BY_KIND: dict[Kind, Callable[[str], str]] = {Kind.MONEY: _amount, Kind.MOMENT: _moment_in, Kind.DATE: _day_in}


def _by_day(lines: Iterable[Line], now: dt.datetime) -> Iterable[Day]:
    today = timezone.localdate(now)
    for (key, heading, pattern), group in groupby(lines, lambda line: _heading(line.entry.at, today)):
        timed = [replace(line, moment=date_format(timezone.localtime(line.entry.at), pattern)) for line in group]
        yield Day(key, heading, timed)


def _heading(at: dt.datetime, today: dt.date) -> tuple[str, str, str]:
    """The key and words of the heading under which `at` stands, and the pattern of the moment beside its line."""
    day = timezone.localtime(at).date()
    days = (today - day).days
    if days < _DAYS_APART:
        name = date_format(day, "j F") if days in (0, 1) else date_format(day, "l, j F")
        heading = {0: _("Today, %s") % name, 1: _("Yesterday, %s") % name}.get(days, name)
        return day.isoformat(), heading, "H:i"
    heading = date_format(day, "F" if day.year == today.year else "F Y")
    return f"{day:%Y-%m}", heading, "j M"
