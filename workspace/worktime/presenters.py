"""Calendars as pages tell them: the week in lines, what is ahead, who may change what, and what a clock would do."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.functional import Promise

from workspace.people.models import Department, Person
from workspace.worktime import policies, public_holidays
from workspace.worktime.explaining import Explanation, explain
from workspace.worktime.forms import DAYS, TryForm
from workspace.worktime.hours import Hours
from workspace.worktime.models import Absence, Calendar, SpecialDays
from workspace.worktime.texts import say_windows


@dataclass(frozen=True)
class WeekLine:
    """Days in a row with the same windows."""

    first: str | Promise
    last: str | Promise
    words: str

    @property
    def is_one_day(self) -> bool:
        return self.first == self.last


def week_lines(calendar: Calendar) -> list[WeekLine]:
    """Monday to Sunday, with equal neighbours in one line."""
    lines: list[WeekLine] = []
    for label, windows in zip(DAYS.values(), calendar.week, strict=True):
        words = say_windows(windows).replace("-", "–")
        if lines and lines[-1].words == words:
            lines[-1] = WeekLine(lines[-1].first, label, words)
        else:
            lines.append(WeekLine(label, label, words))
    return lines


@dataclass(frozen=True)
class Held:
    """A calendar with its week in lines, and whether the visitor may change it."""

    calendar: Calendar
    may_change: bool

    @property
    def lines(self) -> list[WeekLine]:
        return week_lines(self.calendar)

    @property
    def country(self) -> str:
        return public_holidays.countries().get(self.calendar.country, "")


@dataclass(frozen=True)
class SideHours:
    """A department, with its own calendar where it has one."""

    department: Department
    held: Held | None
    may_change: bool


@dataclass(frozen=True)
class Away:
    absence: Absence
    may_change: bool


class Overview:
    """All calendars and absences as one visitor sees them."""

    def __init__(self, person: Person, today: dt.date) -> None:
        rows = Calendar.objects.visible_to(person).select_related("department", "person")
        of_those_here = rows.exclude(person__is_active=False)
        calendars = list(of_those_here.prefetch_related("person__departments").order_by("pk"))
        held = {(one.department_id, one.person_id): Held(one, policies.may_change(person, one)) for one in calendars}
        self.workspace = held[None, None]
        self.mine = held.get((None, person.pk))
        self.others = [one for one in held.values() if one.calendar.person_id not in (None, person.pk)]
        self.sides = [
            SideHours(
                department,
                held.get((department.pk, None)),
                policies.may_change(person, Calendar(department=department)),
            )
            for department in Department.objects.all()
        ]
        absences = Absence.objects.visible_to(person).ahead(today).select_related("person")
        known = [
            Away(one, policies.may_change_absence(person, one))
            for one in absences.filter(person__is_active=True).prefetch_related("person__departments")
        ]
        self.my_absences = [one for one in known if one.absence.person_id == person.pk]
        self.absences = [one for one in known if one.absence.person_id != person.pk]


def days_ahead(days: Iterable[SpecialDays], today: dt.date) -> Sequence[SpecialDays]:
    """Special days that are not over, the next ones first."""
    return sorted((one for one in days if one.last_date >= today), key=lambda one: (one.first_date, one.pk))


def tried(form: TryForm, hours: Hours) -> Explanation | None:
    """What the form's clock would do; None, with the reason in the form, where it cannot be told."""
    if not form.is_valid():
        return None
    try:
        return explain(hours, form.start, form.seconds)
    except ValidationError as error:
        form.add_error(None, error)
        return None
