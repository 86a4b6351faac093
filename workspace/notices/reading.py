"""Notices as their reader has them: what they may still see, one line a group, in words."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Exists, Max, Model, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from workspace import paging, subjects, verbs
from workspace.journal.models import JournalEntry
from workspace.notices import kinds
from workspace.notices.kinds import NoticeKind
from workspace.notices.models import Notice, NoticeQuerySet
from workspace.people.models import Person
from workspace.remarks import mentions

BADGE_CAP = 99
LONGEST_QUOTE = 280


@dataclass(frozen=True)
class Line:
    """One line of the bell, or of a mail: the newest notice of a group, and how many stand behind it."""

    notice: Notice
    title: str
    words: str
    quote: str
    icon: str
    count: int
    letters: list[str]
    at: datetime

    @property
    def is_unread(self) -> bool:
        return self.notice.read_at is None


def visible(person: Person, notices: NoticeQuerySet | None = None) -> NoticeQuerySet:
    """The person's notices (of `notices`) of records that they may see now. Costs up to two queries for permissions."""
    mine = (Notice.objects.all() if notices is None else notices).of(person)
    known = Q()
    for kind, subject in subjects.entries().items():
        # Exists, and no IN: of a million leads only those are looked up that somebody was told of.
        there = subject.visible_to(person).filter(pk=OuterRef("subject_id"))
        known |= Q(Exists(there.order_by()), subject_kind=kind)
    return mine.filter(known, kind__in=list(kinds.entries()))


def newest(person: Person, notices: NoticeQuerySet | None = None) -> NoticeQuerySet:
    """The newest notice of each group: what goes together and was read in one act, or is unread."""
    groups = visible(person, notices).order_by().values("group_key", "read_at").annotate(last=Max("pk"))
    return Notice.objects.filter(pk__in=groups.values("last"))


def badge(person: Person) -> paging.Count:
    """How many lines are unread. Costs one query beside the permissions, counts no further than the badge shows, and in
    a bounded time."""
    groups = visible(person).unread().order_by().values("group_key").distinct()
    return paging.count(groups, cap=BADGE_CAP)


def lines_of(person: Person, newest: Sequence[Notice], among: NoticeQuerySet | None = None) -> list[Line]:
    """The groups (of all notices, or of those `among` which one looks) of which `newest` holds the newest each, in words.

    Costs four queries (the groups, the entries, who acted, their departments), one for each kind of record among them, and
    one where a quoted text names somebody.
    """
    groups = _groups(person, newest, among) if newest else {}
    return _lines(person, newest, lambda notice: groups[notice.group_key, notice.read_at])


def each(person: Person, notices: Sequence[Notice]) -> list[Line]:
    """`notices` in words, each in a line of its own. Costs what `lines_of` does, without the groups."""
    return _lines(person, notices, lambda notice: {"count": 1, "actors": [notice.actor_id]})


def _lines(person: Person, notices: Sequence[Notice], group_of: Callable[[Notice], Mapping[str, Any]]) -> list[Line]:
    if not notices:
        return []
    entries = _entries(notices)
    records = _records(person, notices)
    shown = [
        notice for notice in notices if notice.pk in entries and (notice.subject_kind, notice.subject_id) in records
    ]
    groups = {notice.pk: group_of(notice) for notice in shown}
    actors = Person.objects.prefetch_related("departments").in_bulk(
        {pk for group in groups.values() for pk in group["actors"] if pk is not None}
    )
    quotes = mentions.read([str(entries[notice.pk].personal.get("text") or "") for notice in shown])
    return [
        _line(
            notice,
            record=records[notice.subject_kind, notice.subject_id],
            entry=entries[notice.pk],
            group=groups[notice.pk],
            actors=actors,
            quote=quote,
        )
        for notice, quote in zip(shown, quotes, strict=True)
    ]


def _groups(
    person: Person, newest: Sequence[Notice], among: NoticeQuerySet | None
) -> dict[tuple[str, datetime | None], dict[str, Any]]:
    rows = visible(person, among).filter(group_key__in={notice.group_key for notice in newest}).order_by()
    counted = rows.values("group_key", "read_at").annotate(count=Count("pk"), actors=ArrayAgg("actor", distinct=True))
    return {(group["group_key"], group["read_at"]): dict(group) for group in counted}


def _entries(notices: Iterable[Notice]) -> dict[int, JournalEntry]:
    """The journal's entries by the notice that points at them."""
    by_entry = {notice.entry_id: notice.pk for notice in notices}
    moments = [notice.told_at for notice in notices]
    found = JournalEntry.objects.filter(pk__in=by_entry, recorded_at__gte=min(moments), recorded_at__lte=max(moments))
    return {by_entry[entry.pk]: entry for entry in found.select_related("actor")}


def _records(person: Person, notices: Iterable[Notice]) -> dict[tuple[str, int], Model]:
    """The records that `notices` are about, of those that `person` may see."""
    wanted: dict[str, set[int]] = {}
    for notice in notices:
        wanted.setdefault(notice.subject_kind, set()).add(notice.subject_id)
    known = subjects.entries()
    return {
        (kind, pk): record
        for kind, ids in wanted.items()
        if kind in known
        for pk, record in known[kind].visible_to(person).in_bulk(ids).items()
    }


def _line(
    notice: Notice,
    *,
    record: Model,
    entry: JournalEntry,
    group: Mapping[str, Any],
    actors: Mapping[int, Person],
    quote: str,
) -> Line:
    kind = kinds.entries()[notice.kind]
    count = int(group["count"])
    acted = actors.get(notice.actor_id or 0)
    who = _who(acted, len(group["actors"]) - 1)
    many_title = str(kind.many_title) if count > 1 else ""
    return Line(
        notice=notice,
        title=many_title.format(count=count) or _title(record),
        words=_many(kind, count, who) if count > 1 else _one(kind, entry, who, notice.person_id),
        quote=quote[:LONGEST_QUOTE] + ("…" if len(quote) > LONGEST_QUOTE else ""),
        icon=kind.icon or verbs.get(entry.verb).icon,
        count=count,
        letters=acted.department_keys if acted else [],
        at=notice.told_at,
    )


def _title(record: Model) -> str:
    kind, _pk = subjects.of(record)
    return str(subjects.get(kind).title(record))


def _who(acted: Person | None, others: int) -> str:
    name = str(acted) if acted else _("The workspace")
    if not others:
        return name
    return ngettext("%(name)s and %(others)d other", "%(name)s and %(others)d others", others) % {
        "name": name, "others": others,
    }  # fmt: skip


def _many(kind: NoticeKind, count: int, who: str) -> str:
    return str(kind.many).format(count=count, who=who)


def _one(kind: NoticeKind, entry: JournalEntry, who: str, reader: int) -> str:
    if not kind.one:
        return f"{who} {entry.line}"
    one = kind.one[entry.verb] if isinstance(kind.one, Mapping) else kind.one
    more = kind.facts(entry, reader) if kind.facts else {}
    return entry.told(str(one), **{**more, "who": who})


def url_of(notice: Notice, person: Person) -> str | None:
    """Where a notice leads, if `person` may still see what it is about: to the record, or to all that stand in its line."""
    record = _records(person, [notice]).get((notice.subject_kind, notice.subject_id))
    if record is None:
        return None
    kind = kinds.entries()[notice.kind]
    alike = visible(person).filter(group_key=notice.group_key, read_at=notice.read_at)
    if kind.many_url and alike.exclude(pk=notice.pk).exists():
        return kind.many_url(notice)
    return str(subjects.get(notice.subject_kind).url(record))
