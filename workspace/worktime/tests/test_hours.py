"""The arithmetic of working time, against a reference that looks at every minute, and case by case."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workspace.worktime.hours import FARTHEST, Hours, NeverOpen, SpecialRange, Window, Windows, joined, merged

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = 3_600
NINE_TO_SIX: Windows = (Window(9 * 60, 18 * 60),)
CLOSED: Windows = ()
ALWAYS: Windows = (Window(0, 24 * 60),)
OFFICE = Hours(BERLIN, (NINE_TO_SIX,) * 5 + (CLOSED,) * 2)
AROUND_THE_CLOCK = Hours(BERLIN, (ALWAYS,) * 7)
NEVER = Hours(BERLIN, (CLOSED,) * 7)


def berlin(text: str, *, fold: int = 0) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=BERLIN, fold=fold)


def daily(*windows: tuple[int, int]) -> Hours:
    return Hours(BERLIN, (merged(windows),) * 7)


# 2026-11-20 is a Friday.
@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2026-11-20T17:30", "2026-11-23T10:30"),
        ("2026-11-22T16:00", "2026-11-23T11:00"),
        ("2026-11-22T20:00", "2026-11-23T11:00"),
        ("2026-11-20T09:00", "2026-11-20T11:00"),
        ("2026-11-20T16:00", "2026-11-20T18:00"),
        ("2026-11-20T18:00", "2026-11-23T11:00"),
        ("2026-11-20T08:59", "2026-11-20T11:00"),
    ],
)
def test_two_hours_of_monday_to_friday_nine_to_six(start: str, due: str) -> None:
    assert OFFICE.deadline(berlin(start), 2 * HOUR) == berlin(due)


def test_what_starts_when_closed_starts_at_the_next_opening() -> None:
    assert OFFICE.next_opening(berlin("2026-11-21T13:00")) == berlin("2026-11-23T09:00")
    assert OFFICE.next_opening(berlin("2026-11-20T12:34")) == berlin("2026-11-20T12:34")
    assert OFFICE.deadline(berlin("2026-11-21T13:00"), 0) == berlin("2026-11-23T09:00")


def test_a_lunch_break_does_not_count() -> None:
    hours = Hours(BERLIN, ((Window(9 * 60, 13 * 60), Window(14 * 60, 18 * 60)),) * 7)

    assert hours.deadline(berlin("2026-11-20T12:30"), HOUR) == berlin("2026-11-20T14:30")
    assert hours.elapsed(berlin("2026-11-20T09:00"), berlin("2026-11-20T18:00")) == 8 * HOUR
    assert not hours.is_open(berlin("2026-11-20T13:00"))
    assert hours.is_open(berlin("2026-11-20T14:00"))


def test_around_the_clock_is_every_second_of_every_day() -> None:
    start = berlin("2026-03-27T22:11:05")

    assert AROUND_THE_CLOCK.deadline(start, 100 * HOUR) == start.astimezone(dt.UTC) + dt.timedelta(hours=100)
    assert AROUND_THE_CLOCK.elapsed(start, start.astimezone(dt.UTC) + dt.timedelta(days=30)) == 30 * 24 * HOUR
    assert AROUND_THE_CLOCK.next_opening(start) == start
    spans = list(joined(AROUND_THE_CLOCK.between(start, start + dt.timedelta(days=9))))
    assert len(spans) == 1, "windows that end at 24:00 and go on at 00:00 are one"


def test_a_window_until_midnight_goes_on_with_the_next_days_first() -> None:
    night = Hours(BERLIN, ((Window(0, 6 * 60), Window(22 * 60, 24 * 60)),) * 7)

    assert night.deadline(berlin("2026-11-20T23:00"), 2 * HOUR) == berlin("2026-11-21T01:00")
    assert len(list(joined(night.between(berlin("2026-11-20T12:00"), berlin("2026-11-21T12:00"))))) == 1


def test_the_hour_that_daylight_saving_skips_is_worked_by_nobody() -> None:
    # On 29 March 2026 clocks go from 02:00 to 03:00.
    hours = daily((60, 5 * 60))

    assert hours.elapsed(berlin("2026-03-29T00:00"), berlin("2026-03-29T12:00")) == 3 * HOUR
    assert hours.deadline(berlin("2026-03-29T01:00"), 2 * HOUR) == berlin("2026-03-29T04:00")
    assert daily((120, 180)).elapsed(berlin("2026-03-29T00:00"), berlin("2026-03-30T00:00")) == 0
    assert daily((150, 240)).next_opening(berlin("2026-03-29T00:00")) == berlin("2026-03-29T03:00")


def test_the_hour_that_daylight_saving_repeats_is_worked_twice() -> None:
    # On 25 October 2026 clocks go from 03:00 back to 02:00.
    hours = daily((60, 5 * 60))

    assert hours.elapsed(berlin("2026-10-25T00:00"), berlin("2026-10-25T12:00")) == 5 * HOUR
    second_two = berlin("2026-10-25T02:00", fold=1).astimezone(dt.UTC)  # a repeated hour equals no other zone's time
    assert hours.deadline(berlin("2026-10-25T01:00"), 2 * HOUR) == second_two
    quarter_past = daily((135, 165))
    assert quarter_past.elapsed(berlin("2026-10-25T00:00"), berlin("2026-10-26T00:00")) == HOUR
    assert len(list(quarter_past.between(berlin("2026-10-25T00:00"), berlin("2026-10-26T00:00")))) == 2


def test_a_clock_across_a_daylight_saving_night_counts_the_windows_alone() -> None:
    # Saturday to Monday: the night is closed, and the shift shows in the deadline's offset only.
    for saturday, monday in (("2026-03-28", "2026-03-30"), ("2026-10-24", "2026-10-26")):
        weekdays_and_saturday = Hours(BERLIN, (NINE_TO_SIX,) * 6 + (CLOSED,))
        due = weekdays_and_saturday.deadline(berlin(f"{saturday}T17:00"), 2 * HOUR)
        assert due == berlin(f"{monday}T10:00")


def test_a_day_that_a_zone_left_out_has_no_hours() -> None:
    # Samoa crossed the date line: 30 December 2011 never was.
    apia = Hours(ZoneInfo("Pacific/Apia"), (ALWAYS,) * 7)
    start = dt.datetime(2011, 12, 29, tzinfo=ZoneInfo("Pacific/Apia"))
    end = dt.datetime(2012, 1, 1, tzinfo=ZoneInfo("Pacific/Apia"))

    assert apia.elapsed(start, end) == 2 * 24 * HOUR


def test_special_days_close_or_open_with_windows_of_their_own() -> None:
    def day(text: str) -> dt.date:
        return dt.date.fromisoformat(text)

    hours = Hours(
        BERLIN,
        OFFICE.week,
        special=(
            SpecialRange(day("2026-12-21"), day("2027-01-03"), CLOSED, "Between the years"),
            SpecialRange(day("2026-12-28"), day("2026-12-28"), (Window(600, 840),), "Stocktaking"),
            SpecialRange(day("2026-11-21"), day("2026-11-21"), (Window(600, 720),), "Open house"),
        ),
        holidays=lambda holiday: "Reformation" if holiday == day("2026-11-23") else "",
    )

    assert hours.deadline(berlin("2026-11-20T17:00"), 2 * HOUR) == berlin("2026-11-21T11:00")
    assert hours.deadline(berlin("2026-11-22T17:00"), 2 * HOUR) == berlin("2026-11-24T11:00")
    assert hours.deadline(berlin("2026-12-18T17:00"), 2 * HOUR) == berlin("2026-12-28T11:00"), "the shorter range holds"
    assert hours.deadline(berlin("2026-12-28T14:00"), HOUR) == berlin("2027-01-04T10:00"), "the last day belongs to it"
    assert hours.day(day("2026-12-24")).because == "Between the years"


def test_a_special_day_opens_a_public_holiday() -> None:
    day = dt.date(2026, 11, 23)
    hours = Hours(
        BERLIN,
        OFFICE.week,
        special=(SpecialRange(day, day, (Window(600, 720),), "Fair"),),
        holidays=lambda _day: "Holiday",
    )

    assert hours.next_opening(berlin("2026-11-22T00:00")) == berlin("2026-11-23T10:00")


def test_who_is_away_works_at_no_window_not_even_at_a_special_one() -> None:
    monday, tuesday = dt.date(2026, 11, 23), dt.date(2026, 11, 24)
    hours = Hours(
        BERLIN,
        OFFICE.week,
        special=(SpecialRange(monday, monday, ALWAYS, "Fair"),),
        away=(SpecialRange(monday, tuesday, CLOSED, "Away"),),
    )

    assert hours.deadline(berlin("2026-11-20T17:00"), 2 * HOUR) == berlin("2026-11-25T10:00")


def test_a_calendar_without_open_windows_is_an_error_and_no_endless_loop() -> None:
    with pytest.raises(NeverOpen, match="Nothing opens within 370 days"):
        NEVER.deadline(berlin("2026-11-20T12:00"), 60)
    with pytest.raises(NeverOpen):
        NEVER.next_opening(berlin("2026-11-20T12:00"))
    assert NEVER.elapsed(berlin("2026-11-20T12:00"), berlin("2027-11-20T12:00")) == 0


@pytest.mark.parametrize(("days", "is_found"), [(369, True), (371, False)])
def test_an_opening_is_looked_for_on_370_days(days: int, is_found: bool) -> None:
    start = berlin("2026-11-20T12:00")
    day = start.date() + dt.timedelta(days=days)
    hours = Hours(BERLIN, NEVER.week, special=(SpecialRange(day, day, NINE_TO_SIX, "Fair"),))

    if is_found:
        assert hours.next_opening(start).date() == day
    else:
        with pytest.raises(NeverOpen):
            hours.next_opening(start)


def test_a_clock_that_would_take_decades_is_an_error() -> None:
    hours = Hours(BERLIN, ((Window(0, 1),), *(CLOSED,) * 6))

    with pytest.raises(NeverOpen, match="ten years"):
        hours.deadline(berlin("2026-11-20T12:00"), FARTHEST.days * 60)


def test_a_paused_clock_keeps_its_working_seconds_and_ends_in_working_time() -> None:
    start, paused, resumed = berlin("2026-11-20T16:00"), berlin("2026-11-20T17:15"), berlin("2026-11-29T20:00")

    left = OFFICE.remaining(start, 2 * HOUR, paused)
    due = OFFICE.deadline(resumed, left)

    assert left == 45 * 60
    assert due == berlin("2026-11-30T09:45")
    assert OFFICE.remaining(start, 2 * HOUR, berlin("2026-11-27T12:00")) == 0


# Against the reference

ZONES = [ZoneInfo(name) for name in ("Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kolkata", "UTC")]
MINUTE = dt.timedelta(minutes=1)


@st.composite
def windows(draw: st.DrawFn) -> Windows:
    edges = draw(st.lists(st.tuples(st.integers(0, 1439), st.integers(1, 1440)), max_size=3))
    return merged((opens, closes) for opens, closes in edges if opens < closes)


@st.composite
def some_hours(draw: st.DrawFn) -> Hours:
    first = draw(st.dates(dt.date(2026, 3, 20), dt.date(2026, 4, 8)))
    special = SpecialRange(first, first + dt.timedelta(days=draw(st.integers(0, 3))), draw(windows()), "Special")
    away = SpecialRange(first - dt.timedelta(days=4), first - dt.timedelta(days=3), CLOSED, "Away")
    week = tuple(draw(st.one_of(windows(), st.just(NINE_TO_SIX), st.just(ALWAYS))) for _day in range(7))
    return Hours(draw(st.sampled_from(ZONES)), week, (special,), away=(away,))


# Around the nights on which Europe, Newfoundland and Lord Howe change their clocks.
MOMENTS = st.one_of(
    *(
        st.datetimes(dt.datetime.fromisoformat(first), dt.datetime.fromisoformat(last))
        for first, last in (("2026-03-25", "2026-04-06"), ("2026-10-01", "2026-11-03"), ("2026-03-06", "2026-03-09"))
    )
).map(lambda moment: moment.replace(second=0, microsecond=0, tzinfo=dt.UTC))


def is_open_by_the_book(hours: Hours, moment: dt.datetime) -> bool:
    local = moment.astimezone(hours.zone)
    minute = local.hour * 60 + local.minute
    return any(opens <= minute < closes for opens, closes in hours.day(local.date()).windows)


def minutes_by_the_book(hours: Hours, start: dt.datetime, end: dt.datetime) -> int:
    """One look at every minute; windows, starts and offsets are whole minutes here."""
    count, moment = 0, start
    while moment < end:
        count += is_open_by_the_book(hours, moment)
        moment += MINUTE
    return count


@settings(deadline=None, max_examples=60)
@given(some_hours(), MOMENTS, st.integers(0, 3 * 24 * 60))
def test_elapsed_time_is_what_looking_at_every_minute_finds(hours: Hours, start: dt.datetime, minutes: int) -> None:
    end = start + minutes * MINUTE

    assert hours.elapsed(start, end) == minutes_by_the_book(hours, start, end) * 60


@settings(deadline=None, max_examples=60)
@given(some_hours(), MOMENTS, st.integers(1, 30 * 60))
def test_a_deadline_is_where_looking_at_every_minute_ends(hours: Hours, start: dt.datetime, minutes: int) -> None:
    if not any(hours.week):
        return
    left, moment = minutes, start
    while left:
        left -= is_open_by_the_book(hours, moment)
        moment += MINUTE

    assert hours.deadline(start, minutes * 60) == moment


@settings(deadline=None, max_examples=200)
@given(some_hours(), MOMENTS, st.integers(1, 400 * HOUR), st.integers(0, 999_999))
def test_deadline_and_elapsed_are_exact_inverses(
    hours: Hours, start: dt.datetime, seconds: int, microseconds: int
) -> None:
    if not any(hours.week):
        return
    start += dt.timedelta(microseconds=microseconds)

    due = hours.deadline(start, seconds)

    assert hours.elapsed(start, due) == seconds
    assert hours.elapsed(start, due - dt.timedelta(microseconds=1)) == seconds - 1
    assert hours.remaining(start, seconds, due) == 0


@settings(deadline=None, max_examples=100)
@given(some_hours(), MOMENTS, MOMENTS, st.integers(1, 100 * HOUR))
def test_a_pause_takes_no_working_time_away(
    hours: Hours, start: dt.datetime, resumed: dt.datetime, seconds: int
) -> None:
    if not any(hours.week):
        return
    pause = start + dt.timedelta(hours=5)
    left = hours.remaining(start, seconds, pause)

    due = hours.deadline(max(resumed, pause), left)

    assert hours.elapsed(start, pause) + hours.elapsed(max(resumed, pause), due) >= seconds
    assert hours.elapsed(max(resumed, pause), due) == left
    assert hours.is_open(due - dt.timedelta(microseconds=1)) or hours.is_open(due)
