"""Whose calendar holds, and who keeps it: Otto administers, Ruth leads sales, Mara sells, Priya does marketing."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from workspace.journal.models import JournalEntry
from workspace.people.actions import add_person
from workspace.people.models import Department, Person
from workspace.people.roles import Role
from workspace.tests.moments import NOW
from workspace.worktime import actions, public_holidays
from workspace.worktime.hours import Window
from workspace.worktime.models import Absence, Calendar, SpecialDays
from workspace.worktime.resolving import Book, hours_of_person, hours_of_workspace
from workspace.worktime.texts import read_windows, say_windows

pytestmark = pytest.mark.django_db

HOUR = 3_600
EIGHT_TO_FOUR = [[[480, 960]]] * 5 + [[], []]


@pytest.fixture
def ruth(db: None) -> Person:
    return add_person(
        "ruth@fennmark.example", name="Ruth Aalto", role=Role.DEPARTMENT_LEAD, departments="S", by=None, at=NOW
    )


@pytest.fixture
def priya(db: None) -> Person:
    return add_person(
        "priya@fennmark.example", name="Priya Raman", role=Role.MARKETER, departments="M", by=None, at=NOW
    )


def sales() -> Department:
    return Department.objects.get(key="S")


def workspace() -> Calendar:
    return Calendar.objects.of_workspace()


def away(person: Person, first: str, last: str, by: Person | None = None) -> Absence:
    given = {"first_date": dt.date.fromisoformat(first), "last_date": dt.date.fromisoformat(last)}
    return actions.save_absence(Absence(person=person), given, by=by, at=NOW)


def test_a_workspace_begins_with_monday_to_friday_nine_to_six() -> None:
    hours = hours_of_workspace()

    assert hours.deadline(dt.datetime(2026, 11, 20, 17, 30, tzinfo=dt.UTC), 2 * HOUR) == dt.datetime(
        2026, 11, 23, 10, 30, tzinfo=dt.UTC
    )


def test_the_closest_calendar_holds(otto: Person, mara: Person, priya: Person) -> None:
    def opens(person: Person) -> int:
        return hours_of_person(person).week[0][0].opens

    before = opens(mara)
    of_sales = actions.give_own_calendar(department=sales(), by=otto, at=NOW)
    actions.save_calendar(of_sales, {"week": EIGHT_TO_FOUR}, by=otto, at=NOW)
    with_department = opens(mara)
    own = actions.give_own_calendar(person=mara, by=mara, at=NOW)
    copied = own.week
    actions.save_calendar(own, {"week": [[[600, 660]]] * 7}, by=mara, at=NOW)
    with_own = opens(mara)
    actions.drop_calendar(own, by=mara, at=NOW)

    assert (before, with_department, with_own, opens(mara)) == (540, 480, 600, 480)
    assert copied == EIGHT_TO_FOUR, "it begins as what held so far"
    assert opens(priya) == 540
    assert opens(otto) == 540


def test_an_own_calendar_takes_the_special_days_along(mara: Person) -> None:
    day = dt.date(2026, 12, 24)
    given = {"first_date": day, "last_date": day, "name": "Christmas Eve", "windows": []}
    actions.save_special_days(SpecialDays(calendar=workspace()), given, by=None, at=NOW)

    actions.give_own_calendar(person=mara, by=mara, at=NOW)

    assert hours_of_person(mara).day(day).because == "Christmas Eve"


def test_an_absence_closes_days_for_the_person_alone(mara: Person, ruth: Person) -> None:
    away(mara, "2026-11-18", "2026-11-20", by=mara)
    book = Book([mara.pk, ruth.pk])
    noon = dt.datetime(2026, 11, 17, 17, tzinfo=dt.UTC)

    assert book.of_person(mara.pk).deadline(noon, 2 * HOUR) == dt.datetime(2026, 11, 23, 10, tzinfo=dt.UTC)
    assert book.of_person(ruth.pk).deadline(noon, 2 * HOUR) == dt.datetime(2026, 11, 18, 10, tzinfo=dt.UTC)
    assert book.of_department(sales().pk).deadline(noon, 2 * HOUR) == dt.datetime(2026, 11, 18, 10, tzinfo=dt.UTC)


@pytest.mark.parametrize("count", [1, 20])
def test_a_book_costs_the_same_queries_for_any_number_of_people(
    count: int, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    people = [
        add_person(f"p{number}@fennmark.example", name="P", role=Role.REP, departments="S", by=None, at=NOW)
        for number in range(count)
    ]
    for person in people:
        actions.give_own_calendar(person=person, by=None, at=NOW)
        away(person, "2026-11-18", "2026-11-20")

    with django_assert_num_queries(3):  # type: ignore[operator]  # absences, calendars, special days
        book = Book([person.pk for person in people])
        assert [len(book.of_person(person.pk).away) for person in people] == [1] * count


def test_public_holidays_are_closed_by_country_and_region() -> None:
    bavaria = {"time_zone": "Europe/Berlin", "country": "DE", "region": "BY"}
    actions.save_calendar(workspace(), bavaria, by=None, at=NOW)

    hours = hours_of_workspace()

    assert hours.day(dt.date(2027, 1, 6)).because == "Epiphany"
    assert hours.day(dt.date(2026, 12, 25)).windows == ()
    actions.save_calendar(workspace(), {"region": "BE"}, by=None, at=NOW)
    assert hours_of_workspace().day(dt.date(2027, 1, 6)).windows


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"country": "XX"}, "country"),
        ({"country": "DE", "region": "ZZ"}, "region"),
        ({"region": "BY"}, "country"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"week": [[]] * 6}, "week"),
        ({"week": [[[600, 540]], [], [], [], [], [], []]}, "week"),
        ({"week": [[[0, 600], [599, 700]], [], [], [], [], [], []]}, "week"),
        ({"week": [[[0, 1441]], [], [], [], [], [], []]}, "week"),
        ({"week": [["nine"], [], [], [], [], [], []]}, "week"),
    ],
)
def test_what_no_calendar_can_say_is_refused_at_its_field(values: dict[str, object], field: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        actions.save_calendar(workspace(), values, by=None, at=NOW)

    assert list(refusal.value.message_dict) == [field]
    assert workspace().week == EIGHT_TO_FOUR or not JournalEntry.objects.exists()


def test_who_may_change_which_calendar(otto: Person, mara: Person, ruth: Person, priya: Person) -> None:
    of_sales = actions.give_own_calendar(department=sales(), by=ruth, at=NOW)
    of_mara = actions.give_own_calendar(person=mara, by=ruth, at=NOW)
    zone = {"time_zone": "Europe/Oslo"}

    def may(person: Person, calendar: Calendar) -> bool:
        try:
            actions.save_calendar(calendar, zone, by=person, at=NOW)
        except PermissionDenied:
            return False
        return True

    table = {
        person.short_name: [may(person, one) for one in (workspace(), of_sales, of_mara)]
        for person in (otto, ruth, mara, priya)
    }
    assert table == {
        "Otto A.": [True, True, True],
        "Ruth A.": [False, True, True],
        "Mara L.": [False, False, True],
        "Priya R.": [False, False, False],
    }


def test_people_and_their_leads_say_when_they_are_away_and_nobody_else(
    mara: Person, ruth: Person, priya: Person
) -> None:
    held = away(mara, "2026-12-01", "2026-12-02", by=ruth)

    with pytest.raises(PermissionDenied):
        away(mara, "2026-12-07", "2026-12-08", by=priya)
    with pytest.raises(PermissionDenied):
        actions.remove_absence(held, by=priya, at=NOW)
    actions.remove_absence(held, by=mara, at=NOW)
    assert not Absence.objects.exists()


def test_an_absence_ends_after_it_begins_and_within_three_years(mara: Person) -> None:
    with pytest.raises(ValidationError, match="before the first day"):
        away(mara, "2026-12-02", "2026-12-01")
    with pytest.raises(ValidationError, match="three years"):
        away(mara, "2026-12-02", "2036-12-01")


def test_the_journal_hears_of_every_change(otto: Person, mara: Person) -> None:
    actions.save_calendar(workspace(), {"time_zone": "Europe/Oslo"}, by=otto, at=NOW)
    actions.save_calendar(workspace(), {"time_zone": "Europe/Oslo"}, by=otto, at=NOW)
    own = actions.give_own_calendar(person=mara, by=mara, at=NOW)
    actions.drop_calendar(own, by=mara, at=NOW)
    away(mara, "2026-12-01", "2026-12-02", by=mara)

    assert [(entry.verb, str(entry.line)) for entry in JournalEntry.objects.order_by("pk")] == [
        ("calendar.changed", "changed time zone"),
        ("calendar.made", "gave it a calendar of its own"),
        ("calendar.dropped", "let the wider calendar hold again"),
        ("absence.set", "noted that Mara Lindholm is away from 2026-12-01 to 2026-12-02"),
    ]


def test_the_workspaces_calendar_stays_and_there_is_one(otto: Person) -> None:
    with pytest.raises(ValidationError, match="stays"):
        actions.drop_calendar(workspace(), by=otto, at=NOW)
    with pytest.raises(IntegrityError, match="one_calendar_for_the_workspace"), transaction.atomic():
        Calendar.objects.create()


@pytest.mark.parametrize(
    ("text", "windows"),
    [
        ("", ()),
        ("9-18", (Window(540, 1080),)),
        ("09:00 – 13:00; 14.30-24:00", (Window(540, 780), Window(870, 1440))),
        ("13-15, 9-13", (Window(540, 900),)),
        ("00:00-24:00", (Window(0, 1440),)),
    ],
)
def test_windows_are_read_as_people_write_them(text: str, windows: tuple[Window, ...]) -> None:
    assert read_windows(text) == windows
    assert read_windows(say_windows(windows)) == windows


@pytest.mark.parametrize("text", ["nine to five", "22:00-06:00", "9-25", "09:60-10:00", "9-9", "0-1," * 25])
def test_what_is_no_window_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        read_windows(text)


def test_every_country_that_is_offered_has_holidays_to_ask_for() -> None:
    for country in public_holidays.countries():
        assert isinstance(public_holidays.names_of(country, "")(dt.date(2026, 1, 1)), str), country
