"""Calendars, special days and absences in the administration."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.options import ModelAdmin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workspace.administration import ActingAdmin, ActingForm
from workspace.worktime import actions
from workspace.worktime.forms import DAYS, DayField, WeekForm, WindowsField
from workspace.worktime.models import Absence, Calendar, SpecialDays


class CalendarAdminForm(ActingForm[Calendar], WeekForm):
    """A calendar with the windows of its week, a field a day."""

    class Meta:
        model = Calendar
        fields = ("time_zone", "country", "region")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for day, windows in zip(DAYS, self.instance.week, strict=True):
            self.fields[day].initial = windows


@admin.register(Calendar)
class CalendarAdmin(ActingAdmin[Calendar]):
    """Calendars are given to departments and people on the page “Working time”."""

    form = CalendarAdminForm
    fields = ("time_zone", "country", "region", *DAYS)
    list_display = ("__str__", "time_zone", "country", "region")
    list_select_related = ("department", "person")
    search_fields = ("person__name", "department__name")
    ordering = ("pk",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def act(self, request: Any, record: Calendar, values: dict[str, Any], *, is_new: bool) -> None:
        given = {key: values[key] for key in ("time_zone", "country", "region")}
        given["week"] = [values[day] for day in DAYS]
        actions.save_calendar(record, given, by=request.user, at=timezone.now())


class SpecialDaysAdminForm(ActingForm[SpecialDays], Form):
    """Special days of one calendar."""

    first_date = DayField(label=_("First day"))
    last_date = DayField(label=_("Last day"))
    windows = WindowsField(label=_("Open"))

    class Meta:
        model = SpecialDays
        fields = ("calendar", "name", "first_date", "last_date", "windows")


@admin.register(SpecialDays)
class SpecialDaysAdmin(ActingAdmin[SpecialDays]):
    """Days that close, or open with windows of their own."""

    form = SpecialDaysAdminForm
    fields = ("calendar", "name", "first_date", "last_date", "windows")
    list_display = ("name", "calendar", "first_date", "last_date")
    list_select_related = ("calendar__department", "calendar__person")
    autocomplete_fields = ("calendar",)
    search_fields = ("name",)
    date_hierarchy = "first_date"

    def act(self, request: Any, record: SpecialDays, values: dict[str, Any], *, is_new: bool) -> None:
        actions.save_special_days(record, values, by=request.user, at=timezone.now())

    def has_delete_permission(self, request: HttpRequest, obj: SpecialDays | None = None) -> bool:
        return ModelAdmin.has_delete_permission(self, request, obj)

    def delete_model(self, request: Any, obj: SpecialDays) -> None:
        try:
            actions.remove_special_days(obj, by=request.user, at=timezone.now())
        except ValidationError as error:
            raise PermissionDenied(" ".join(error.messages)) from error

    def delete_queryset(self, request: Any, queryset: QuerySet[SpecialDays]) -> None:
        for days in queryset:
            self.delete_model(request, days)


@admin.register(Absence)
class AbsenceAdmin(ActingAdmin[Absence]):
    """Who is away when."""

    fields = ("person", "first_date", "last_date", "note")
    list_display = ("person", "first_date", "last_date")
    list_select_related = ("person",)
    autocomplete_fields = ("person",)
    search_fields = ("person__name",)
    date_hierarchy = "first_date"

    def act(self, request: Any, record: Absence, values: dict[str, Any], *, is_new: bool) -> None:
        record.person = values["person"]
        actions.save_absence(record, values, by=request.user, at=timezone.now())

    def has_delete_permission(self, request: HttpRequest, obj: Absence | None = None) -> bool:
        return ModelAdmin.has_delete_permission(self, request, obj)

    def delete_model(self, request: Any, obj: Absence) -> None:
        actions.remove_absence(obj, by=request.user, at=timezone.now())

    def delete_queryset(self, request: Any, queryset: QuerySet[Absence]) -> None:
        for absence in queryset:
            actions.remove_absence(absence, by=request.user, at=timezone.now())
