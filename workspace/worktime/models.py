"""Calendars of the workspace, of departments and of people, their special days, and people's absences."""

import datetime as dt
from typing import Any, Final, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from workspace.people.models import Department, Person, validate_time_zone
from workspace.worktime.texts import say_windows

# Monday to Friday from nine to six, in minutes of the day: what a workspace begins with.
OFFICE_WEEK: Final = [[[540, 1080]]] * 5 + [[], []]


def office_week() -> list[Any]:
    return [list(windows) for windows in OFFICE_WEEK]


class CalendarQuerySet(models.QuerySet["Calendar"]):
    def visible_to(self, person: Person) -> Self:
        """Colleagues see when the others work."""
        return self if person.is_active else self.none()

    def of_workspace(self) -> "Calendar":
        """The one that holds wherever no closer one stands; there is one from the first migration on."""
        return self.get(department=None, person=None)


class Calendar(models.Model):
    """When somebody works: the person's own calendar holds before the department's, and that before the workspace's.

    `week` holds for Monday to Sunday the windows of the day, each as two minutes of the day, the end up to 1440.
    """

    department = models.OneToOneField(Department, models.CASCADE, null=True, related_name="calendar", editable=False)
    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="calendar", editable=False
    )
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[validate_time_zone])
    week = models.JSONField(_("week"), default=office_week)
    country = models.CharField(_("public holidays of"), max_length=2, blank=True)
    region = models.CharField(_("region"), max_length=20, blank=True)

    objects = CalendarQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar")
        verbose_name_plural = _("calendars")
        constraints = [
            models.CheckConstraint(
                condition=Q(department=None) | Q(person=None), name="calendar_is_of_one_department_or_person"
            ),
            models.UniqueConstraint(
                fields=["department", "person"], nulls_distinct=False, name="one_calendar_for_the_workspace"
            ),
            models.CheckConstraint(condition=Q(region="") | ~Q(country=""), name="calendar_region_has_a_country"),
        ]

    def __str__(self) -> str:
        if self.person is not None:
            return gettext("Working time of %s") % self.person
        if self.department is not None:
            return gettext("Working time of %s") % self.department
        return gettext("Working time of the workspace")

    @property
    def is_of_workspace(self) -> bool:
        return self.department_id is None and self.person_id is None


class SpecialDays(models.Model):
    """Days, the last included, on which the calendar's week does not hold: closed, or open in `windows` of their own."""

    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="special_days")
    first_date = models.DateField(_("first day"))
    last_date = models.DateField(_("last day"))
    name = models.CharField(_("name"), max_length=80)
    windows = models.JSONField(_("open"), default=list, blank=True)

    class Meta:
        verbose_name = _("special days")
        verbose_name_plural = _("special days")
        constraints = [
            models.CheckConstraint(
                condition=Q(last_date__gte=F("first_date")), name="special_days_end_after_they_begin"
            )
        ]
        indexes = [models.Index(fields=["calendar", "first_date"], name="special_days_by_calendar")]

    def __str__(self) -> str:
        return self.name

    @property
    def words(self) -> str:
        """The windows as people write them; empty where it is closed."""
        return say_windows(self.windows)


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def visible_to(self, person: Person) -> Self:
        """Colleagues see when the others are away; the note is for those who may change it."""
        return self if person.is_active else self.none()

    def ahead(self, day: dt.date) -> Self:
        """Those that are not over on `day`, the next one first."""
        return self.filter(last_date__gte=day).order_by("first_date", "pk")


class Absence(models.Model):
    """Days, the last included, on which one person does not work, whatever calendars say. The department works on."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="absences")
    first_date = models.DateField(_("first day"))
    last_date = models.DateField(_("last day"))
    note = models.CharField(_("note"), max_length=200, blank=True)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        constraints = [
            models.CheckConstraint(condition=Q(last_date__gte=F("first_date")), name="absence_ends_after_it_begins")
        ]
        indexes = [models.Index(fields=["person", "last_date"], name="absence_by_person")]

    def __str__(self) -> str:
        return gettext("%(person)s is away from %(first)s to %(last)s") % {
            "person": self.person,
            "first": self.first_date,
            "last": self.last_date,
        }
