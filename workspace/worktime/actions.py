"""Keeping calendars and absences. Whoever has deadlines in them hears of each change by the journal."""

import datetime as dt
from collections.abc import Mapping
from itertools import pairwise
from typing import Any, Final

from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from workspace.journal import actions as journal
from workspace.people.models import Department, Person
from workspace.worktime import policies, public_holidays
from workspace.worktime.hours import DAY_MINUTES, NeverOpen
from workspace.worktime.models import Absence, Calendar, SpecialDays
from workspace.worktime.resolving import hours_of

LONGEST_RANGE: Final = dt.timedelta(days=3 * 366)
KEPT: Final = ("time_zone", "week", "country", "region")


@transaction.atomic
def save_calendar(
    calendar: Calendar, values: Mapping[str, Any], *, by: Person | None, at: dt.datetime, is_demo: bool = False
) -> Calendar:
    """Change a calendar by `values` (of `KEPT`), and return it as stored; what is so already is not journalled.

    Raises:
        PermissionDenied: `by` may not change this calendar.
        ValidationError: by field; for `week` also where nothing would open any more.
    """
    calendar = _locked(calendar)
    _demand(by, calendar)
    before = {key: getattr(calendar, key) for key in KEPT}
    for key in KEPT:
        if key in values:
            setattr(calendar, key, values[key])
    _judge_week(calendar.week)
    public_holidays.validate(calendar.country, calendar.region)
    calendar.full_clean()
    changed = [key for key in KEPT if before[key] != getattr(calendar, key)]
    if changed:
        calendar.save(update_fields=changed)
        _demand_opening(calendar, "week", at=at)
        labels = [str(Calendar._meta.get_field(key).verbose_name) for key in changed]  # type: ignore[union-attr]
        _tell("calendar.changed", calendar, by=by, at=at, is_demo=is_demo, what=", ".join(labels))
    return calendar


@transaction.atomic
def give_own_calendar(
    *, department: Department | None = None, person: Person | None = None, by: Person | None, at: dt.datetime
) -> Calendar:
    """Let a department or a person have a calendar of its own, which begins as the one that held so far.

    Raises:
        PermissionDenied: `by` may not change that calendar.
    """
    _demand(by, Calendar(department=department, person=person))
    # Locked, so that two who give one at the same moment find one calendar.
    workspace = Calendar.objects.select_for_update(no_key=True).get(department=None, person=None)
    held = Calendar.objects.filter(department=department, person=person).first()
    if held is not None:
        return held
    former = workspace
    if person is not None and len(person.department_keys) == 1:
        former = Calendar.objects.filter(department__key=person.department_keys[0]).first() or workspace
    copied = {key: getattr(former, key) for key in KEPT}
    if person is not None and person.time_zone != "UTC":
        copied["time_zone"] = person.time_zone
    calendar = Calendar.objects.create(department=department, person=person, **copied)
    SpecialDays.objects.bulk_create(
        [
            SpecialDays(
                calendar=calendar, first_date=days.first_date, last_date=days.last_date, name=days.name,
                windows=days.windows,
            )
            for days in former.special_days.order_by("pk")
        ]
    )  # fmt: skip
    _tell("calendar.made", calendar, by=by, at=at)
    return calendar


@transaction.atomic
def drop_calendar(calendar: Calendar, *, by: Person | None, at: dt.datetime) -> None:
    """Take the calendar of a department or a person away: the next wider one holds again.

    Raises:
        PermissionDenied: `by` may not change this calendar.
        ValidationError: it is the workspace's.
    """
    calendar = _locked(calendar)
    _demand(by, calendar)
    if calendar.is_of_workspace:
        raise ValidationError(_("The workspace's own calendar stays: it holds wherever no other one does."))
    _tell("calendar.dropped", calendar, by=by, at=at)
    calendar.delete()


@transaction.atomic
def save_special_days(
    days: SpecialDays, values: Mapping[str, Any], *, by: Person | None, at: dt.datetime
) -> SpecialDays:
    """Store days on which a calendar's week does not hold (`first_date`, `last_date`, `name`, `windows`).

    Raises:
        PermissionDenied: `by` may not change the calendar.
        ValidationError: by field; for `windows` also where nothing would open any more.
    """
    calendar = _locked(days.calendar)
    _demand(by, calendar)
    for key in ("first_date", "last_date", "name", "windows"):
        if key in values:
            setattr(days, key, values[key])
    _judge_range(days.first_date, days.last_date)
    _judge_windows(days.windows, "windows")
    days.full_clean()
    days.save()
    _demand_opening(calendar, "windows", at=at)
    _tell("calendar.days_set", calendar, by=by, at=at, name=days.name, **_range(days))
    return days


@transaction.atomic
def remove_special_days(days: SpecialDays, *, by: Person | None, at: dt.datetime) -> None:
    """Let the week hold again on these days.

    Raises:
        PermissionDenied: `by` may not change the calendar.
        ValidationError: they are the only days on which it opens.
    """
    calendar = _locked(days.calendar)
    _demand(by, calendar)
    _tell("calendar.days_removed", calendar, by=by, at=at, name=days.name, **_range(days))
    days.delete()
    _demand_opening(calendar, NON_FIELD_ERRORS, at=at)


@transaction.atomic
def save_absence(
    absence: Absence, values: Mapping[str, Any], *, by: Person | None, at: dt.datetime, is_demo: bool = False
) -> Absence:
    """Store when a person is away (`first_date`, `last_date`, `note`).

    Raises:
        PermissionDenied: `by` may not say so of this person.
        ValidationError: by field.
    """
    _demand_absence(by, absence)
    for key in ("first_date", "last_date", "note"):
        if key in values:
            setattr(absence, key, values[key])
    absence.note = absence.note.strip()
    _judge_range(absence.first_date, absence.last_date)
    absence.full_clean()
    absence.save()
    journal.record("absence.set", subject=absence, by=by, at=at, is_demo=is_demo, **_absence_facts(absence))
    return absence


@transaction.atomic
def remove_absence(absence: Absence, *, by: Person | None, at: dt.datetime) -> None:
    """Take an absence back.

    Raises:
        PermissionDenied: `by` may not say so of this person.
    """
    _demand_absence(by, absence)
    is_demo = absence.person.is_demo
    journal.record("absence.removed", subject=absence, by=by, at=at, is_demo=is_demo, **_absence_facts(absence))
    absence.delete()


def _locked(calendar: Calendar) -> Calendar:
    Calendar.objects.select_for_update(no_key=True).get(pk=calendar.pk)
    return Calendar.objects.select_related("department", "person").get(pk=calendar.pk)


def _demand(by: Person | None, calendar: Calendar) -> None:
    if by is not None and not policies.may_change(by, calendar):
        raise PermissionDenied(_("You may look at this calendar, but not change it."))


def _demand_absence(by: Person | None, absence: Absence) -> None:
    if by is not None and not policies.may_change_absence(by, absence):
        raise PermissionDenied(_("People say themselves when they are away, or their lead does."))


def _judge_week(week: Any) -> None:
    if not isinstance(week, list) or len(week) != 7:  # noqa: PLR2004 - days of a week
        raise ValidationError({"week": _("A week has seven days.")})
    for windows in week:
        _judge_windows(windows, "week")


def _judge_windows(windows: Any, key: str) -> None:
    """Windows are pairs of minutes in order, none of which overlap."""
    try:
        edges = [minute for opens, closes in windows for minute in (opens, closes)]
        is_sound = all(type(minute) is int and 0 <= minute <= DAY_MINUTES for minute in edges)
        is_sound = is_sound and all(before < after for before, after in pairwise(edges))
    except (TypeError, ValueError):
        is_sound = False
    if not is_sound:
        raise ValidationError({key: _("These are no windows of a day.")})


def _demand_opening(calendar: Calendar, field: str, *, at: dt.datetime) -> None:
    """Whoever goes by this calendar works sometime: nothing that is promised by it finds no hour to be done in.

    It opens within 370 days from now on, and from the beginning of all days ahead that close. Costs two queries.
    """
    hours = hours_of(calendar)
    closing = calendar.special_days.filter(windows=[], first_date__gt=at.astimezone(hours.zone).date())
    begins = [dt.datetime.combine(day, dt.time.min, hours.zone) for day in closing.values_list("first_date", flat=True)]
    try:
        for moment in (at, *begins):
            hours.next_opening(moment)
    except NeverOpen as error:
        raise ValidationError({field: error.messages}) from error


def _judge_range(first: dt.date | None, last: dt.date | None) -> None:
    if first is None or last is None:
        return  # full_clean says at which field
    if last < first:
        raise ValidationError({"last_date": _("This is before the first day.")})
    if last - first > LONGEST_RANGE:
        raise ValidationError({"last_date": _("Up to three years are possible.")})


def _range(days: SpecialDays) -> dict[str, Any]:
    return {"first": days.first_date.isoformat(), "last": days.last_date.isoformat()}


def _absence_facts(absence: Absence) -> dict[str, Any]:
    return {
        "person": absence.person_id,
        "name": str(absence.person),
        "first": absence.first_date.isoformat(),
        "last": absence.last_date.isoformat(),
    }


def _tell(
    verb: str, calendar: Calendar, *, by: Person | None, at: dt.datetime, is_demo: bool = False, **facts: Any
) -> None:
    is_demo = is_demo or bool(calendar.person and calendar.person.is_demo)
    told = {"department": calendar.department_id, "person": calendar.person_id, "calendar": str(calendar), **facts}
    journal.record_many([journal.Happening(verb, calendar, at, facts=told, is_demo=is_demo)], by=by)
