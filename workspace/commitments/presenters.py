"""Commitments as pages tell them: the clock in words, whose turn it is, what it is about, and what the visitor may do."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workspace import subjects
from workspace.commitments import policies
from workspace.commitments.actions.clocks import book_for, hours_for
from workspace.commitments.filters import CLOSED, SORTING, STATES, CommitmentFilter
from workspace.commitments.models import Commitment
from workspace.commitments.options import PRACTICE
from workspace.filtering import Chip
from workspace.http import SignedInRequest
from workspace.pages import wording
from workspace.paging import Count, Page, count
from workspace.people.models import Department, Person
from workspace.worktime.hours import Hours
from workspace.worktime.resolving import Book

Words = str | Promise

PAGE_SIZE: Final = 50
SHOWN_AT_HOME: Final = 8
_COUNTED_DOWN: Final = 10 * 3_600  # less working time than this is counted down; more is told by its moment
_WEEK: Final = dt.timedelta(days=7)
_OFFERED: Final = ("open", "warned", "missed", "paused", "kept", "kept_late", "cancelled")
# Nobody warns of one's own next steps, or pauses them.
_OFFERED_OF_STEPS: Final = ("open", "missed", "kept", "kept_late", "cancelled")


@dataclass(frozen=True)
class Clock:
    """A clock for the tag `clock`: its kind, how much of the time has gone in per cent, words, and the exact moment."""

    kind: str
    done: int
    words: str
    exact: str

    @property
    def is_over(self) -> bool:
        return self.done >= 100  # noqa: PLR2004 - per cent


def clock_of(one: Commitment, hours: Hours, now: dt.datetime) -> Clock:
    """The clock of `one` at `now`. In practice mode nothing is red or amber."""
    state = Commitment.State
    exact = _("due %s") % wording.exactly(one.due_at)
    if one.state == state.MET:
        used = wording.duration(hours.elapsed(one.started_at, one.closed_at or now))
        return Clock("running" if one.is_practice else "kept", 100, _("kept, %s") % used, exact)
    if one.state == state.MET_LATE:
        late = wording.duration((one.closed_at or now) - one.due_at)
        return Clock("paused", 100, _("kept, %s late") % late, exact)
    if one.state == state.CANCELLED:
        return Clock("paused", 0, _("let go"), exact)
    if one.state == state.PAUSED:
        left = one.remaining_seconds or 0
        done = _percent(
            (one.target_seconds or one.run_seconds or left) - left, one.target_seconds or one.run_seconds or left
        )
        return Clock("paused", done, _("paused, %s left") % wording.duration(left), "")
    return _running(one, hours, now, exact)


def _running(one: Commitment, hours: Hours, now: dt.datetime, exact: str) -> Clock:
    if one.due_at < now:
        if one.is_practice:
            return Clock("running", 100, _("was due %s") % wording.moment(one.due_at, now), exact)
        return Clock("missed", 100, _("%s late") % wording.duration(now - one.due_at), exact)
    if one.run_seconds is None:
        # A date that somebody chose: it may lie at a closed hour, and is told as it was said.
        passed = _percent(int((now - one.runs_from).total_seconds()), int((one.due_at - one.runs_from).total_seconds()))
        kind = "warned" if one.warned_at is not None and not one.is_practice else "running"
        return Clock(kind, passed, _("by %s") % _date(one.due_at, now), exact)
    left = hours.elapsed(now, one.due_at)
    whole = one.target_seconds or one.run_seconds
    is_warned = one.warned_at is not None and not one.is_practice
    is_near = left < _COUNTED_DOWN
    words = _("%s left") % wording.duration(left) if is_near else _("by %s") % _soon(one.due_at, now)
    return Clock("warned" if is_warned else "running", _percent(whole - left, whole), words, exact)


def _soon(due_at: dt.datetime, now: dt.datetime) -> str:
    """“Thu 12:00” within the week, “26 Nov” beyond it, in the reader's zone."""
    local = timezone.localtime(due_at)
    return date_format(local, "D H:i") if local.date() - timezone.localdate(now) < _WEEK else date_format(local, "j M")


def _date(due_at: dt.datetime, now: dt.datetime) -> str:
    """“22:30” today, else as `_soon`."""
    local = timezone.localtime(due_at)
    return date_format(local, "H:i") if local.date() == timezone.localdate(now) else _soon(due_at, now)


def _percent(part: int, whole: int) -> int:
    return max(0, min(100, part * 100 // whole)) if whole else 100


@dataclass(frozen=True)
class About:
    """The record that a commitment is about, as far as the visitor may see it."""

    title: str
    url: str


@dataclass(frozen=True)
class Row:
    """One commitment as the visitor sees it."""

    commitment: Commitment
    clock: Clock
    about: About | None
    may_finish: bool
    may_pause: bool
    may_cancel: bool

    @property
    def owing(self) -> str:
        """The letters of who owes whom; empty for one's own work."""
        return self.commitment.debtor_department.key if self.commitment.debtor_department else ""

    @property
    def owed(self) -> str:
        return self.commitment.creditor_department.key if self.commitment.creditor_department else ""


def rows_of(commitments: Sequence[Commitment], person: Person, now: dt.datetime) -> list[Row]:
    """Rows for commitments that came `with_people`. Costs up to four queries for their hours and one a kind of record."""
    book, about = book_for(commitments), _about(commitments, person)
    return [_row(one, book, about, person, now) for one in commitments]


def _row(one: Commitment, book: Book, about: dict[tuple[str, int], About], person: Person, now: dt.datetime) -> Row:
    return Row(
        one,
        clock_of(one, hours_for(one, book), now),
        about.get(one.subject) if one.subject else None,
        may_finish=one.is_open and one.definition.by_hand and policies.may_finish(person, one),
        may_pause=one.is_open and one.breached_at is None and policies.may_pause(person, one),
        may_cancel=one.is_open and policies.may_cancel(person, one),
    )


def _about(commitments: Iterable[Commitment], person: Person) -> dict[tuple[str, int], About]:
    by_kind: dict[str, set[int]] = defaultdict(set)
    for one in commitments:
        if one.subject is not None and one.subject_kind in subjects.entries():
            by_kind[one.subject_kind].add(one.subject[1])
    found = {}
    for kind, ids in by_kind.items():
        subject = subjects.get(kind)
        for pk, record in subject.visible_to(person).in_bulk(ids).items():
            found[kind, pk] = About(subject.title(record), subject.url(record))
    return found


@dataclass(frozen=True)
class Waiting:
    """Promises of a person whose clocks run: the first of them, and how many there are."""

    rows: list[Row]
    count: Count

    @property
    def is_cut(self) -> bool:
        return (self.count.number or 0) > len(self.rows)


def waiting(person: Person, request: SignedInRequest) -> Waiting:
    """What waits for `person`, for My day. Costs one query while nothing does."""
    found = list(Commitment.objects.visible_to(person).waiting_for(person).with_people()[: SHOWN_AT_HOME + 1])
    now = timezone.now()
    total = Count(len(found), exact=True)
    if len(found) > SHOWN_AT_HOME:
        total = count(Commitment.objects.waiting_for(person), cap=999)
    return Waiting(rows_of(found[:SHOWN_AT_HOME], request.user, now) if found else [], total)


@dataclass(frozen=True)
class Tab:
    key: str
    label: Words
    letters: str
    url: str
    is_current: bool


@dataclass(frozen=True)
class StateChip:
    label: Words
    url: str
    is_current: bool


class PromiseList:
    """One page of promises or next steps, as an address asks for it."""

    def __init__(self, request: SignedInRequest) -> None:
        self.person, self.now = request.user, timezone.now()
        self.query = request.GET.copy()
        keys = self.person.department_keys
        # Whose promises stand under "ours": somebody of both departments, or of none, looks at both from above.
        self.own = keys[0] if len(keys) == 1 else ""
        self.ours = self.own or Department.Key.MARKETING.value
        self.theirs = next(key.value for key in Department.Key if key.value != self.ours)
        given = self.query.get("tab", "")
        self.tab = given if given in ("mine", "ours", "theirs", "steps") else ("mine" if self.own else "ours")
        self.query.setdefault("state", "open")
        self.filterset = CommitmentFilter(self.query, self._tab_rows(), request=request)

    @cached_property
    def page(self) -> Page[Commitment]:
        """The rows at the cursor: open ones by when they are due, closed ones with the last first.

        Raises:
            BadCursor: the cursor is of another list.
        """
        order = "-closed_at" if self.query["state"] in CLOSED else "due_at"
        rows: QuerySet[Commitment] = self.filterset.qs.with_people()
        return SORTING.keyset(rows, order, size=PAGE_SIZE).page(self.query.get("cursor"))

    @cached_property
    def rows(self) -> list[Row]:
        return rows_of(self.page.items, self.person, self.now)

    def _tab_rows(self) -> QuerySet[Commitment]:
        visible = Commitment.objects.visible_to(self.person)
        if self.tab == "steps":
            return visible.filter(is_promise=False, debtor=self.person)
        if self.tab == "mine":
            return visible.promises().owed_by(self.person)
        return visible.promises().filter(debtor_department__key=self.ours if self.tab == "ours" else self.theirs)

    @cached_property
    def count(self) -> Count:
        return count(self.filterset.qs)

    @property
    def tabs(self) -> list[Tab]:
        """Mine, ours, theirs, and next steps. Costs one query for the departments' names."""
        names = {department.key: department.name for department in Department.objects.all()}
        sides = {"ours": (self.ours, self.theirs), "theirs": (self.theirs, self.ours)}
        labels: dict[str, Words] = {"mine": gettext_lazy("Mine")} if self.person.department_keys else {}
        for tab, (debtor, creditor) in sides.items():
            words = {"debtor": names[debtor], "creditor": names[creditor]}
            labels[tab] = _("%(debtor)s to %(creditor)s") % words
        labels["steps"] = gettext_lazy("My next steps")
        return [
            Tab(key, label, "".join(sides.get(key, ())), f"{self.path}?tab={key}", key == self.tab)
            for key, label in labels.items()
        ]

    @property
    def states(self) -> list[StateChip]:
        chosen = self.query["state"]
        offered = _OFFERED_OF_STEPS if self.tab == "steps" else _OFFERED
        return [StateChip(STATES[key], self._url(state=key), key == chosen) for key in offered]

    @property
    def chips(self) -> list[Chip]:
        """The other filters in use."""
        return [chip for chip in self.filterset.chips() if chip.name != "state" or chip.error]

    @property
    def path(self) -> str:
        return reverse("commitments:list")

    @property
    def next_url(self) -> str:
        return self._url(cursor=self.page.next) if self.page.next else ""

    @property
    def previous_url(self) -> str:
        return self._url(cursor=self.page.previous) if self.page.previous else ""

    def _url(self, **changes: str | None) -> str:
        query: QueryDict = self.query.copy()
        query.pop("cursor", None)
        for key, value in changes.items():
            query[key] = value or ""
        return f"{self.path}?{query.urlencode()}"

    @cached_property
    def is_practice(self) -> bool:
        return PRACTICE.get()

    @property
    def may_start_clocks(self) -> bool:
        return policies.may_start_clocks(self.person)

    @property
    def may_promise(self) -> bool:
        return policies.may_promise(self.person)


@dataclass(frozen=True)
class Happened:
    """One fact of a commitment's life, for its page."""

    icon: str
    words: str
    at: dt.datetime
    by: Person | None = None
    quote: str = ""


def story(one: Commitment) -> list[Happened]:
    """What became of it so far, the first first; read from the commitment itself."""
    state = Commitment.State
    known: list[tuple[str, str, dt.datetime | None, Person | None, str]] = [
        ("handshake", _("promised it") if one.is_promise else _("set it"), one.started_at, one.made_by, ""),
        ("clock-alert", _("Most of the time has gone"), one.warned_at, None, ""),
        ("circle-alert", _("The time is up"), one.breached_at, None, ""),
        ("megaphone", _("Those who lead were told"), one.escalated_at, None, ""),
        ("pause", _("The clock is paused"), one.paused_at, None, one.pause_reason),
    ]
    ends = {
        state.MET: ("check", _("kept it")),
        state.MET_LATE: ("check", _("kept it, late")),
        state.CANCELLED: ("x", _("let go of it")),
    }
    if one.state in ends:
        icon, words = ends[state(one.state)]
        known.append((icon, words, one.closed_at, one.closed_by, one.answer))
    told = [Happened(icon, words, at, by, quote) for icon, words, at, by, quote in known if at is not None]
    return sorted(told, key=lambda entry: entry.at)


def list_url(**query: Any) -> str:
    return f"{reverse('commitments:list')}?{urlencode(query)}"
