"""Whose hours hold: a person's own calendar, else the department's, else the workspace's; absences are the person's alone."""

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from workspace.people.models import Department, Person
from workspace.worktime.hours import Hours, SpecialRange, merged
from workspace.worktime.models import Absence, Calendar, SpecialDays
from workspace.worktime.public_holidays import names_of


def hours_of(calendar: Calendar) -> Hours:
    """The hours of one calendar, whoever goes by it. Costs one query, or none where its special days are prefetched."""
    return _hours(calendar, list(calendar.special_days.all()))


def hours_of_workspace() -> Hours:
    """Costs two queries."""
    return hours_of(Calendar.objects.of_workspace())


def hours_of_person(person: Person) -> Hours:
    """Costs four queries; for many people read one `Book`."""
    return Book([person.pk]).of_person(person.pk)


class Book:
    """The hours of departments and of some people, read at once: four queries, however many people there are.

    Somebody of both departments, or of none, goes by the workspace's calendar unless they have one of their own.
    """

    def __init__(self, people: Iterable[int] = ()) -> None:
        self._people = set(people)

    def of_workspace(self) -> Hours:
        return self._hours(self.calendar_of())

    def of_department(self, pk: int) -> Hours:
        return self._hours(self.calendar_of(department=pk))

    def of_person(self, pk: int) -> Hours:
        """The hours of one of the people whom the book was read for."""
        calendar = self.calendar_of(person=pk)
        away = self._absences.get(pk, ())
        hours = self._hours(calendar)
        return Hours(hours.zone, hours.week, hours.special, hours.holidays, tuple(away)) if away else hours

    def calendar_of(self, *, person: int | None = None, department: int | None = None) -> Calendar:
        """The calendar that holds for a person, a department, or where neither is given."""
        if person is not None:
            if (person, None) in self._calendars:
                return self._calendars[person, None]
            departments = self._memberships.get(person, [])
            department = departments[0] if len(departments) == 1 else None
        return self._calendars.get((None, department)) or self._calendars[None, None]

    def _hours(self, calendar: Calendar) -> Hours:
        if calendar.pk not in self._made:
            self._made[calendar.pk] = _hours(calendar, self._special.get(calendar.pk, []))
        return self._made[calendar.pk]

    @cached_property
    def _made(self) -> dict[int, Hours]:
        return {}

    @cached_property
    def _calendars(self) -> dict[tuple[int | None, int | None], Calendar]:
        rows = Calendar.objects.select_related("department", "person")
        wanted = rows.filter(person=None) | rows.filter(person__in=self._people)
        return {(calendar.person_id, calendar.department_id): calendar for calendar in wanted}

    @cached_property
    def _special(self) -> dict[int, list[SpecialDays]]:
        found: dict[int, list[SpecialDays]] = defaultdict(list)
        for days in SpecialDays.objects.filter(calendar__in=[one.pk for one in self._calendars.values()]):
            found[days.calendar_id].append(days)
        return found

    @cached_property
    def _memberships(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = defaultdict(list)
        members = Department.members.through.objects.filter(person__in=self._people)
        for person, department in members.values_list("person_id", "department_id"):
            found[person].append(department)
        return found

    @cached_property
    def _absences(self) -> dict[int, list[SpecialRange]]:
        found: dict[int, list[SpecialRange]] = defaultdict(list)
        for absence in Absence.objects.filter(person__in=self._people).order_by("pk"):
            found[absence.person_id].append(SpecialRange(absence.first_date, absence.last_date, (), _("away")))
        return found


def _hours(calendar: Calendar, special: list[SpecialDays]) -> Hours:
    # Of two ranges of one length the one that was written last holds.
    latest_first = sorted(special, key=lambda days: -days.pk)
    return Hours(
        zone=ZoneInfo(calendar.time_zone),
        week=tuple(merged(windows) for windows in calendar.week),
        special=tuple(
            SpecialRange(days.first_date, days.last_date, merged(days.windows), days.name) for days in latest_first
        ),
        holidays=names_of(calendar.country, calendar.region),
    )
