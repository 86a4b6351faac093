"""Pages of working time: Otto administers, Mara sells; it is Sunday evening, 22 November 2026, in Berlin."""

import datetime as dt
from collections.abc import Iterator
from http import HTTPStatus

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from workspace.people.actions import add_person
from workspace.people.models import Person
from workspace.people.roles import Role
from workspace.tests.moments import NOW
from workspace.worktime import actions
from workspace.worktime.models import Absence, Calendar, SpecialDays

pytestmark = pytest.mark.django_db
WEEK = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), "9-18")


@pytest.fixture(autouse=True)
def _sunday_evening() -> Iterator[None]:
    with time_machine.travel(dt.datetime(2026, 11, 22, 19, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def calendar() -> Calendar:
    berlin = {"time_zone": "Europe/Berlin", "country": "DE"}
    return actions.save_calendar(Calendar.objects.of_workspace(), berlin, by=None, at=NOW)


@pytest.fixture
def as_mara(client: Client, mara: Person) -> Client:
    client.force_login(mara)
    return client


def test_a_calendar_says_when_an_offer_made_now_is_due_and_why(as_mara: Client, calendar: Calendar) -> None:
    page = as_mara.get(reverse("worktime:calendar", args=[calendar.pk])).text

    assert "is due <b>Monday 23 November, 11:00</b>" in page
    assert "no working hours" in page
    assert "09:00–11:00" in page
    assert "the clock starts at the next opening, Monday 09:00" in page


def test_somebody_tries_another_start_over_a_holiday(as_mara: Client, calendar: Calendar) -> None:
    url = reverse("worktime:calendar", args=[calendar.pk])
    part = as_mara.get(url, {"starts": "2026-12-24T17:30", "hours": "1.5"}, headers={"HX-Request": "true"})

    assert "<html" not in part.text
    assert "end <b>Monday 28 December 2026, 10:00</b>" in part.text
    assert "Christmas Day" in part.text
    assert "17:30–18:00" in part.text


def test_a_calendar_that_never_opens_says_so(as_mara: Client, mara: Person) -> None:
    own = actions.give_own_calendar(person=mara, by=mara, at=NOW)
    Calendar.objects.filter(pk=own.pk).update(week=[[]] * 7)  # as an earlier version let it be

    page = as_mara.get(reverse("worktime:calendar", args=[own.pk]))

    assert page.status_code == HTTPStatus.OK
    assert "Nothing opens within 370 days" in page.text


def test_no_page_saves_a_calendar_that_never_opens(as_otto: Client, calendar: Calendar) -> None:
    closed = {**dict.fromkeys(WEEK, ""), "time_zone": "Europe/Berlin", "country": "DE", "region": ""}
    days = {"name": "Shut", "first_date": "2027-02-01", "last_date": "2028-12-31", "windows": ""}

    by_page = as_otto.post(reverse("worktime:edit", args=[calendar.pk]), closed)
    by_admin = as_otto.post(reverse("admin:workspace_worktime_calendar_change", args=[calendar.pk]), closed)
    by_days = as_otto.post(reverse("worktime:add_days", args=[calendar.pk]), days)
    days_by_admin = as_otto.post(reverse("admin:workspace_worktime_specialdays_add"), {**days, "calendar": calendar.pk})

    answers = (by_page, by_admin, by_days, days_by_admin)
    assert all("Nothing opens within 370 days" in answer.text for answer in answers)
    assert by_page.status_code == by_days.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    calendar.refresh_from_db()
    assert calendar.week[0] == [[540, 1080]]
    assert not SpecialDays.objects.exists()


def test_the_only_days_that_open_stay(as_otto: Client, calendar: Calendar) -> None:
    given = {"first_date": dt.date(2027, 5, 1), "last_date": dt.date(2027, 9, 30), "windows": [[540, 1080]]}
    days = actions.save_special_days(SpecialDays(calendar=calendar), {**given, "name": "Season"}, by=None, at=NOW)
    actions.save_calendar(calendar, {"week": [[]] * 7}, by=None, at=NOW)

    page = as_otto.post(reverse("worktime:remove_days", args=[days.pk]), follow=True)
    by_admin = as_otto.post(reverse("admin:workspace_worktime_specialdays_delete", args=[days.pk]), {"post": "yes"})

    assert "Nothing opens within 370 days" in page.text
    assert by_admin.status_code == HTTPStatus.FORBIDDEN
    assert SpecialDays.objects.get() == days


@pytest.mark.parametrize(
    "query", [{"starts": "soon"}, {"starts": "9999-12-31T10:00"}, {"hours": "-1"}, {"hours": "1e9"}, {"hours": "NaN"}]
)
def test_what_is_no_start_and_no_target_is_said(as_mara: Client, calendar: Calendar, query: dict[str, str]) -> None:
    page = as_mara.get(reverse("worktime:calendar", args=[calendar.pk]), query)

    assert page.status_code == HTTPStatus.OK
    assert "One thing needs you" in page.text


def test_mara_gives_herself_a_calendar_and_changes_it(as_mara: Client, calendar: Calendar, mara: Person) -> None:
    form = as_mara.post(reverse("worktime:give_mine"), follow=True)
    own = Calendar.objects.get(person=mara)
    assert 'value="09:00-18:00"' in form.text

    given = {**WEEK, "friday": "09:00-12:00", "time_zone": "Europe/Oslo", "country": "NO", "region": ""}
    page = as_mara.post(reverse("worktime:edit", args=[own.pk]), given, follow=True)

    assert "Open deadlines are computed anew." in page.text
    own.refresh_from_db()
    assert (own.week[4], own.week[5], own.country) == ([[540, 720]], [], "NO")


def test_a_region_is_found_whatever_its_capitals(as_otto: Client, calendar: Calendar) -> None:
    given = {**WEEK, "time_zone": "Europe/Berlin", "country": "DE"}
    url = reverse("worktime:edit", args=[calendar.pk])

    regions = []
    for region in ("by", "augsburg"):
        as_otto.post(url, {**given, "region": region})
        calendar.refresh_from_db()
        regions.append(calendar.region)

    assert regions == ["BY", "Augsburg"]


def test_a_zone_that_the_list_leaves_out_is_kept_by_other_changes(as_otto: Client, calendar: Calendar) -> None:
    Calendar.objects.filter(pk=calendar.pk).update(time_zone="CET")
    url = reverse("worktime:edit", args=[calendar.pk])
    assert '<option value="CET" selected>' in as_otto.get(url).text

    page = as_otto.post(url, {**WEEK, "friday": "9-12", "time_zone": "CET", "country": "", "region": ""})
    refused = as_otto.post(url, {**WEEK, "time_zone": "Nowhere", "country": "", "region": ""})

    calendar.refresh_from_db()
    assert (page.status_code, calendar.time_zone) == (HTTPStatus.FOUND, "CET")
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_what_does_not_do_is_said_at_its_field(as_otto: Client, calendar: Calendar) -> None:
    given = {**WEEK, "monday": "22-6", "time_zone": "Europe/Berlin", "country": "DE", "region": ""}
    page = as_otto.post(reverse("worktime:edit", args=[calendar.pk]), given)
    other = as_otto.post(reverse("worktime:edit", args=[calendar.pk]), {**given, "monday": "", "region": "QQ"})

    assert page.status_code == other.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "ends before it begins" in page.text
    assert "is no region here" in other.text


def test_who_may_not_change_a_calendar_is_told_so(as_mara: Client, calendar: Calendar) -> None:
    url = reverse("worktime:edit", args=[calendar.pk])

    assert as_mara.get(url).status_code == HTTPStatus.FORBIDDEN
    assert url not in as_mara.get(reverse("worktime:overview")).text
    assert as_mara.post(reverse("worktime:give_department", args=["S"])).status_code == HTTPStatus.FORBIDDEN


def test_special_days_are_set_and_taken_back(as_otto: Client, calendar: Calendar) -> None:
    given = {"name": "Stocktaking", "first_date": "2026-12-28", "last_date": "2026-12-28", "windows": "10-14"}
    page = as_otto.post(reverse("worktime:add_days", args=[calendar.pk]), given, follow=True)
    days = SpecialDays.objects.get()
    assert "Stocktaking" in page.text
    assert "10:00-14:00" in page.text

    wrong = as_otto.post(reverse("worktime:edit_days", args=[days.pk]), {**given, "last_date": "2026-12-01"})
    assert wrong.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "before the first day" in wrong.text

    as_otto.post(reverse("worktime:remove_days", args=[days.pk]))
    assert not SpecialDays.objects.exists()


def test_mara_says_when_she_is_away(as_mara: Client, mara: Person, calendar: Calendar) -> None:
    given = {"first_date": "2026-11-30", "last_date": "2026-12-04", "note": "Sailing"}
    page = as_mara.post(reverse("worktime:add_absence"), given, follow=True)
    assert "Your clocks stand still" in page.text
    assert "Sailing" in page.text

    as_mara.post(reverse("worktime:remove_absence", args=[Absence.objects.get().pk]))
    assert not Absence.objects.exists()


def test_who_leads_says_it_of_those_they_lead_and_of_nobody_else(client: Client, mara: Person) -> None:
    ruth = add_person("ruth@fennmark.example", name="Ruth", role=Role.DEPARTMENT_LEAD, departments="S", by=None, at=NOW)
    priya = add_person("priya@fennmark.example", name="Priya", role=Role.MARKETER, departments="M", by=None, at=NOW)
    days = {"first_date": "2026-11-30", "last_date": "2026-12-04", "note": "Ill"}
    client.force_login(ruth)
    assert "Mara Lindholm" in client.get(reverse("worktime:add_absence")).text

    page = client.post(reverse("worktime:add_absence"), {**days, "person": mara.pk}, follow=True)
    refused = client.post(reverse("worktime:add_absence"), {**days, "person": priya.pk})

    assert "The clocks of Mara Lindholm stand still on these days." in page.text
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert [one.person for one in Absence.objects.all()] == [mara]
    client.force_login(mara)
    assert 'name="person"' not in client.get(reverse("worktime:add_absence")).text


def test_who_has_left_stands_in_no_list(as_otto: Client, mara: Person, calendar: Calendar) -> None:
    actions.give_own_calendar(person=mara, by=mara, at=NOW)
    away = {"first_date": NOW.date(), "last_date": dt.date(2026, 12, 4)}
    actions.save_absence(Absence(person=mara), away, by=mara, at=NOW)
    assert "Mara Lindholm" in as_otto.get(reverse("worktime:overview")).text

    Person.objects.filter(pk=mara.pk).update(is_active=False)

    assert "Mara Lindholm" not in as_otto.get(reverse("worktime:overview")).text


def test_the_note_of_an_absence_is_not_for_everybody(client: Client, mara: Person, calendar: Calendar) -> None:
    given = {"first_date": NOW.date(), "last_date": dt.date(2026, 12, 4), "note": "Sailing"}
    actions.save_absence(Absence(person=mara), given, by=mara, at=NOW)
    priya = add_person("priya@fennmark.example", name="Priya", role=Role.MARKETER, departments="M", by=None, at=NOW)
    client.force_login(priya)

    page = client.get(reverse("worktime:overview")).text

    assert "Mara Lindholm" in page
    assert "Sailing" not in page


def test_the_administration_saves_by_the_same_actions(as_otto: Client, calendar: Calendar) -> None:
    url = reverse("admin:workspace_worktime_calendar_change", args=[calendar.pk])
    given = {**WEEK, "saturday": "10-12", "time_zone": "Europe/Oslo", "country": "NO", "region": ""}

    answer = as_otto.post(url, given)

    assert answer.status_code == HTTPStatus.FOUND
    calendar.refresh_from_db()
    assert (calendar.time_zone, calendar.week[5]) == ("Europe/Oslo", [[600, 720]])
    refused = as_otto.post(url, {**given, "region": "QQ"})
    assert "is no region here" in refused.text


@pytest.mark.parametrize("rows", [1, 20])
def test_the_overview_costs_the_same_queries_at_any_length(
    as_otto: Client, calendar: Calendar, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    for number in range(rows):
        one = add_person(
            f"p{number}@fennmark.example", name=f"P {number}", role=Role.REP, departments="S", by=None, at=NOW
        )
        actions.give_own_calendar(person=one, by=None, at=NOW)
        given = {"first_date": NOW.date(), "last_date": dt.date(2026, 12, 4)}
        actions.save_absence(Absence(person=one), given, by=None, at=NOW)
    as_otto.get(reverse("worktime:overview"))

    # Session, visitor, two of permissions, calendars with departments of their people, departments, absences with departments
    # of their people, the visitor's own roles and departments, the workspace's name.
    with django_assert_num_queries(12):
        page = as_otto.get(reverse("worktime:overview"))

    assert page.text.count("Take the absence of") == rows
