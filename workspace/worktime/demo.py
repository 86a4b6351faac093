"""Working time at Fennmark: a German calendar with its holidays, and a colleague who is away next week."""

import datetime as dt
from typing import Final

from workspace.people import demo
from workspace.people.models import Person
from workspace.worktime import actions
from workspace.worktime.models import OFFICE_WEEK, Absence, Calendar

_HOURS: Final = {"time_zone": "Europe/Berlin", "country": "DE", "region": "", "week": OFFICE_WEEK}
_BEFORE: Final = {"time_zone": "UTC", "country": "", "region": "", "week": OFFICE_WEEK}


def load(now: dt.datetime) -> None:
    actions.save_calendar(Calendar.objects.of_workspace(), _HOURS, by=None, at=now, is_demo=True)
    monday = now.date() + dt.timedelta(days=7 - now.weekday())
    away = {"first_date": monday, "last_date": monday + dt.timedelta(days=4), "note": "Sailing course"}
    actions.save_absence(Absence(person=demo.cast()["felix"]), away, by=None, at=now, is_demo=True)


def remove(by: Person | None, at: dt.datetime) -> None:
    """Absences and calendars of people go with them; the workspace's calendar begins anew unless it was changed."""
    calendar = Calendar.objects.of_workspace()
    if all(getattr(calendar, key) == value for key, value in _HOURS.items()):
        actions.save_calendar(calendar, _BEFORE, by=by, at=at)
    Absence.objects.filter(person__is_demo=True).delete()
    Calendar.objects.filter(person__is_demo=True).delete()
