"""When a digest comes: an hour of the reader's own day."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workspace.notices.digests import next_at
from workspace.notices.models import DigestPlan

BERLIN, LORD_HOWE, KIRITIMATI = (
    ZoneInfo(name) for name in ("Europe/Berlin", "Australia/Lord_Howe", "Pacific/Kiritimati")
)


def daily(hour: int = 8) -> DigestPlan:
    return DigestPlan(rhythm=DigestPlan.Rhythm.DAILY, hour=hour)


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("after", "comes"),
    [
        ("2026-11-17T06:59:59", "2026-11-17T07:00"),
        ("2026-11-17T07:00:00", "2026-11-18T07:00"),
        ("2026-11-17T23:30:00", "2026-11-18T07:00"),
        ("2026-03-28T08:00:00", "2026-03-29T06:00"),  # the clocks went forward in the night
        ("2026-10-24T08:00:00", "2026-10-25T07:00"),  # and back
    ],
)
def test_the_daily_digest_comes_at_its_hour_of_the_readers_day(after: str, comes: str) -> None:
    assert next_at(daily(), BERLIN, utc(after)) == utc(comes)


def test_an_hour_that_the_spring_night_leaves_out_comes_right_after_and_one_that_comes_twice_counts_once() -> None:
    assert next_at(daily(2), BERLIN, utc("2026-03-28T12:00")) == utc("2026-03-29T01:00")
    first = next_at(daily(2), BERLIN, utc("2026-10-24T12:00"))
    assert first == utc("2026-10-25T00:00")
    assert next_at(daily(2), BERLIN, first) == utc("2026-10-26T01:00")


def test_the_weekly_digest_comes_on_its_weekday() -> None:
    plan = DigestPlan(rhythm=DigestPlan.Rhythm.WEEKLY, weekday=DigestPlan.Weekday.MONDAY, hour=8)

    assert next_at(plan, BERLIN, utc("2026-11-17T12:00")) == utc("2026-11-23T07:00")
    assert next_at(plan, BERLIN, utc("2026-11-23T07:00")) == utc("2026-11-30T07:00")
    # Monday eight o'clock at the far side of the date line is Sunday still in London.
    assert next_at(plan, KIRITIMATI, utc("2026-11-22T12:00")) == utc("2026-11-22T18:00")


MOMENTS = st.integers(1_704_067_200, 1_830_297_600).map(lambda second: dt.datetime.fromtimestamp(second, dt.UTC))


@given(
    after=MOMENTS,
    hour=st.integers(0, 23),
    weekday=st.integers(0, 6),
    zone=st.sampled_from([BERLIN, LORD_HOWE, KIRITIMATI, ZoneInfo("America/St_Johns")]),
    rhythm=st.sampled_from(list(DigestPlan.Rhythm)),
)
def test_the_next_digest_is_ahead_within_its_span_and_the_one_before_it_is_not_skipped(
    after: dt.datetime, hour: int, weekday: int, zone: ZoneInfo, rhythm: DigestPlan.Rhythm
) -> None:
    plan = DigestPlan(rhythm=rhythm, hour=hour, weekday=weekday)

    comes = next_at(plan, zone, after)

    span = dt.timedelta(days=7 if rhythm == DigestPlan.Rhythm.WEEKLY else 1, hours=1)
    assert after < comes <= after + span
    # Whoever asks a moment before it comes hears the same.
    assert next_at(plan, zone, comes - dt.timedelta(seconds=1)) == comes
    assert rhythm == DigestPlan.Rhythm.DAILY or comes.astimezone(zone).weekday() == weekday
