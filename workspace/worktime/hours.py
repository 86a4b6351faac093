"""When somebody works, and what follows for a clock: pure arithmetic on open stretches of time, without a database.

An instant is open when its wall-clock time in the calendar's zone lies in a window of its day; windows begin inclusive and
end exclusive. Windows are therefore local, while what is counted are real elapsed seconds: a window over the hour that
daylight saving skips is an hour shorter, one over the hour that it repeats an hour longer.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

DAY: Final = dt.timedelta(days=1)
SECOND: Final = dt.timedelta(seconds=1)
DAY_MINUTES: Final = 24 * 60
# A calendar without an opening for this long is a mistake, and a clock that needs longer than that one as well.
LONGEST_WAIT: Final = dt.timedelta(days=370)
FARTHEST: Final = dt.timedelta(days=3_660)


class NeverOpen(ValidationError):
    """The clock would never end: nothing opens within 370 days, or there is too little working time."""


class Window(NamedTuple):
    """Open from one minute of the local day until before another, which is 1440 for midnight at its end."""

    opens: int
    closes: int


class Span(NamedTuple):
    """An open stretch of real time, in UTC."""

    start: dt.datetime
    end: dt.datetime

    @property
    def length(self) -> dt.timedelta:
        return self.end - self.start


Windows = tuple[Window, ...]


@dataclass(frozen=True)
class Day:
    """What holds on one day. `because` names what replaced the week's own windows; empty where nothing did."""

    windows: Windows
    because: str = ""


@dataclass(frozen=True)
class SpecialRange:
    """Days, the last included, on which the week does not hold: closed, or open in windows of their own."""

    first: dt.date
    last: dt.date
    windows: Windows
    name: str

    def covers(self, day: dt.date) -> bool:
        return self.first <= day <= self.last


def merged(windows: Iterable[tuple[int, int]]) -> Windows:
    """Windows in order, with those that touch or overlap joined."""
    joined: list[Window] = []
    for opens, closes in sorted(windows):
        if joined and opens <= joined[-1].closes:
            joined[-1] = Window(joined[-1].opens, max(closes, joined[-1].closes))
        else:
            joined.append(Window(opens, closes))
    return tuple(joined)


def joined(spans: Iterable[Span]) -> Iterator[Span]:
    """Spans in order, with those that touch joined; around the clock that is a single one, so never for an endless row."""
    held: Span | None = None
    for span in spans:
        if held is not None and held.end == span.start:
            held = Span(held.start, span.end)
            continue
        if held is not None:
            yield held
        held = span
    if held is not None:
        yield held


def no_holidays(_day: dt.date) -> str:
    return ""


@dataclass(frozen=True)
class Hours:
    """When somebody works. All instants that are given and answered are timezone-aware; those answered are in UTC.

    `week` holds the windows of Monday to Sunday. Of the `special` ranges that cover a day the shortest holds, then the one
    named first; they stand before public `holidays`, which are named by day. Who is `away` works at no window at all.
    """

    zone: dt.tzinfo
    week: tuple[Windows, ...]
    special: tuple[SpecialRange, ...] = ()
    holidays: Callable[[dt.date], str] = no_holidays
    away: tuple[SpecialRange, ...] = ()

    def day(self, day: dt.date) -> Day:
        """What holds on `day`, and why."""
        for absence in self.away:
            if absence.covers(day):
                return Day((), absence.name)
        covering = [one for one in self.special if one.covers(day)]
        if covering:
            closest = min(covering, key=lambda one: one.last - one.first)
            return Day(closest.windows, closest.name)
        if holiday := self.holidays(day):
            return Day((), holiday)
        return Day(self.week[day.weekday()])

    def deadline(self, start: dt.datetime, seconds: int) -> dt.datetime:
        """When `seconds` of working time have passed since `start`; for none of them the next opening.

        What starts while it is closed starts at the next opening. A deadline at the end of a window is that very end.

        Raises:
            NeverOpen: there is no such moment.
        """
        if seconds <= 0:
            return self.next_opening(start)
        left = dt.timedelta(seconds=seconds)
        for span in self._ahead(start):
            if left <= span.length:
                return span.start + left
            left -= span.length
        raise AssertionError("open stretches end by NeverOpen only")

    def elapsed(self, start: dt.datetime, end: dt.datetime) -> int:
        """Whole seconds of working time between two instants; 0 where `end` is not after `start`."""
        return sum((span.length for span in self.between(start, end)), dt.timedelta()) // SECOND

    def remaining(self, start: dt.datetime, seconds: int, now: dt.datetime) -> int:
        """How many of `seconds` of working time since `start` are left at `now`: what a paused clock keeps."""
        return max(0, seconds - self.elapsed(start, now))

    def next_opening(self, moment: dt.datetime) -> dt.datetime:
        """`moment` itself while it is open, else the first opening after it.

        Raises:
            NeverOpen: nothing opens within 370 days.
        """
        return next(self._ahead(moment)).start

    def is_open(self, moment: dt.datetime) -> bool:
        return any(True for _span in self.between(moment, moment + SECOND / 1_000))

    def between(self, start: dt.datetime, end: dt.datetime) -> Iterator[Span]:
        """The open stretches between two instants, in order; a long one may come in several that touch."""
        moment, end = start.astimezone(dt.UTC), end.astimezone(dt.UTC)
        while moment < end:
            until = min(moment + DAY, end)
            yield from self._open(moment, until)
            moment = until

    def _ahead(self, start: dt.datetime) -> Iterator[Span]:
        """The open stretches from `start` on, without end."""
        start = moment = reached = start.astimezone(dt.UTC)
        while True:
            for span in self._open(moment, moment + DAY):
                if span.start - reached > LONGEST_WAIT:
                    break
                reached = span.end
                yield span
            moment += DAY
            if moment - reached > LONGEST_WAIT:
                raise NeverOpen(_("Nothing opens within 370 days; give the calendar working hours."))
            if moment - start > FARTHEST:
                raise NeverOpen(_("This would take more than ten years of such working hours."))

    def _open(self, start: dt.datetime, end: dt.datetime) -> Iterator[Span]:
        """The open stretches of at most a day of UTC, part by part where the zone's offset changes in it."""
        for since, until, offset in self._even(start, end):
            local, local_end = since.replace(tzinfo=None) + offset, until.replace(tzinfo=None) + offset
            day = local.date()
            while (midnight := dt.datetime.combine(day, dt.time.min)) < local_end:
                for opens, closes in self.day(day).windows:
                    begin = max(midnight + dt.timedelta(minutes=opens), local)
                    finish = min(midnight + dt.timedelta(minutes=closes), local_end)
                    if begin < finish:
                        yield Span((begin - offset).replace(tzinfo=dt.UTC), (finish - offset).replace(tzinfo=dt.UTC))
                day += DAY

    def _even(self, start: dt.datetime, end: dt.datetime) -> Iterator[tuple[dt.datetime, dt.datetime, dt.timedelta]]:
        """The time between two instants in parts of one offset each; no zone changes its offset twice within a day."""
        first, last = self._offset(start), self._offset(end)
        if first == last:
            yield start, end, first
            return
        before, after = start, end
        while after - before > SECOND:
            middle = before + (after - before) / 2
            before, after = (middle, after) if self._offset(middle) == first else (before, middle)
        # Offsets change at whole seconds, so the change is the only one in the second that is left.
        change = after.replace(microsecond=0)
        yield start, change, first
        yield change, end, last

    def _offset(self, moment: dt.datetime) -> dt.timedelta:
        offset = moment.astimezone(self.zone).utcoffset()
        assert offset is not None, "a zone knows its offset"
        return offset
