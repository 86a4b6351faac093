"""Why a deadline falls where it does: the walk through the days, day by day."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from workspace.worktime.hours import DAY, SECOND, Hours, Span, joined

MOST_LINES: Final = 60


@dataclass(frozen=True)
class Line:
    """One day, or closed days in a row for one reason. `times` are the counted stretches in the calendar's own zone."""

    first: dt.date
    last: dt.date
    times: tuple[str, ...]
    seconds: int
    why: str

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


@dataclass(frozen=True)
class Explanation:
    """A deadline with its reasons. `begins` is when the clock really starts: `start`, or the next opening after it."""

    start: dt.datetime
    begins: dt.datetime
    due: dt.datetime
    seconds: int
    lines: list[Line]
    is_cut: bool

    @property
    def waits(self) -> bool:
        return self.begins > self.start


def explain(hours: Hours, start: dt.datetime, seconds: int) -> Explanation:
    """The deadline of a clock of `seconds` that starts at `start`, and what each day until then adds to it.

    Raises:
        NeverOpen: there is no such deadline.
    """
    due = hours.deadline(start, seconds)
    begins = hours.next_opening(start)
    lines = list(_folded(_days(hours, start, due)))
    shown = lines if len(lines) <= MOST_LINES else [*lines[: MOST_LINES - 1], lines[-1]]
    local = hours.zone
    return Explanation(
        start.astimezone(local),
        begins.astimezone(local),
        due.astimezone(local),
        seconds,
        shown,
        len(shown) < len(lines),
    )


def _days(hours: Hours, start: dt.datetime, due: dt.datetime) -> Iterator[Line]:
    """One line for each local day from the start to the deadline."""
    counted: dict[dt.date, list[Span]] = {}
    for span in joined(hours.between(start, due)):
        for part in _by_day(hours, span):
            counted.setdefault(part.start.astimezone(hours.zone).date(), []).append(part)
    first, last = (moment.astimezone(hours.zone).date() for moment in (start, due))
    day = first
    while day <= last:
        spans = counted.get(day, [])
        seconds = sum((span.length for span in spans), dt.timedelta()) // SECOND
        times = tuple(_times(hours, span) for span in spans)
        if spans or day < last or day == first:
            yield Line(day, day, times, seconds, "" if spans else _why(hours, day, is_first=day == first))
        day += DAY


def _by_day(hours: Hours, span: Span) -> Iterator[Span]:
    """A span cut at local midnights."""
    start = span.start
    while start < span.end:
        midnight = dt.datetime.combine(start.astimezone(hours.zone).date() + DAY, dt.time.min, hours.zone)
        end = min(max(midnight.astimezone(dt.UTC), start + SECOND), span.end)
        yield Span(start, end)
        start = end


def _times(hours: Hours, span: Span) -> str:
    start, end = span.start.astimezone(hours.zone), span.end.astimezone(hours.zone)
    closing = "24:00" if end.date() > start.date() else date_format(end, "H:i")
    return f"{date_format(start, 'H:i')}–{closing}"


def _why(hours: Hours, day: dt.date, *, is_first: bool) -> str:
    held = hours.day(day)
    if held.because:
        return held.because
    if held.windows and is_first:
        return _("closed by then")
    return _("no working hours")


def _folded(lines: Iterator[Line]) -> Iterator[Line]:
    """Closed days in a row with one reason as one line."""
    held: Line | None = None
    for line in lines:
        if held is not None and not held.times and not line.times and held.why == line.why:
            held = replace(held, last=line.last)
            continue
        if held is not None:
            yield held
        held = line
    if held is not None:
        yield held
