"""Forms of calendars, special days and absences, and of trying a calendar out."""

import datetime as dt
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from workspace.people.models import Person
from workspace.people.zones import ZoneField
from workspace.worktime import public_holidays
from workspace.worktime.hours import Windows
from workspace.worktime.models import Absence, Calendar, SpecialDays
from workspace.worktime.texts import read_windows, say_windows

LOCAL_MOMENT: Final = "%Y-%m-%dT%H:%M"
FIRST_YEAR, LAST_YEAR = 2000, 2200
DAYS: Final = {
    "monday": _("Monday"),
    "tuesday": _("Tuesday"),
    "wednesday": _("Wednesday"),
    "thursday": _("Thursday"),
    "friday": _("Friday"),
    "saturday": _("Saturday"),
    "sunday": _("Sunday"),
}


class WindowsField(forms.CharField):
    """The windows of a day, as “09:00-13:00, 14:00-18:00”; empty for a day on which it is closed."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"placeholder": _("closed"), "autocomplete": "off"})
        super().__init__(required=False, max_length=400, widget=widget, **options)

    def to_python(self, value: Any) -> Any:
        return [list(window) for window in read_windows(super().to_python(value) or "")]

    def prepare_value(self, value: Any) -> Any:
        return say_windows(value) if isinstance(value, list) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return say_windows(initial or []) != (data or "")


class DayField(forms.DateField):
    """A day that some calendar may speak of."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **options)

    def validate(self, value: Any) -> None:
        super().validate(value)
        if isinstance(value, dt.date) and not FIRST_YEAR <= value.year <= LAST_YEAR:
            raise ValidationError(_("This year is too far away."))


class WeekForm(forms.Form):
    """The windows of the seven days."""

    monday, tuesday, wednesday, thursday, friday, saturday, sunday = (WindowsField(label=day) for day in DAYS.values())

    def week(self) -> list[Windows]:
        return [self.cleaned_data[day] for day in DAYS]


class CalendarForm(WeekForm):
    """What one calendar says."""

    time_zone = ZoneField()
    country = forms.ChoiceField(
        label=_("Closed on public holidays of"),
        required=False,
        choices=lambda: [("", _("no country")), *public_holidays.countries().items()],
    )
    region = forms.CharField(label=_("Region"), required=False, max_length=20)

    def __init__(self, calendar: Calendar, data: Any = None) -> None:
        initial = {"time_zone": calendar.time_zone, "country": calendar.country, "region": calendar.region}
        super().__init__(data, initial={**initial, **dict(zip(DAYS, calendar.week, strict=True))})
        known = ", ".join(public_holidays.regions(calendar.country)) if calendar.country else ""
        hint = _("Some regions have holidays of their own; empty for the whole country.")
        self.fields["region"].help_text = f"{hint} {known}".strip()

    def values(self) -> dict[str, Any]:
        """What `actions.save_calendar` takes."""
        kept = {key: self.cleaned_data[key] for key in ("time_zone", "country")}
        return {**kept, "region": self._region(), "week": self.week()}

    def _region(self) -> str:
        """As the country writes it; people need not care about capitals. What is unknown the action refuses."""
        given: str = self.cleaned_data["region"].strip()
        known = {region.casefold(): region for region in public_holidays.regions(self.cleaned_data["country"])}
        return known.get(given.casefold(), given)


class SpecialDaysForm(forms.ModelForm[SpecialDays]):
    """Days on which a calendar's week does not hold."""

    first_date = DayField(label=_("First day"))
    last_date = DayField(label=_("Last day"), help_text=_("It belongs to them."))
    windows = WindowsField(label=_("Open"), help_text=_("As 10:00-14:00; empty where it is closed on these days."))

    class Meta:
        model = SpecialDays
        fields = ("name", "first_date", "last_date", "windows")

    field_order = ("name", "first_date", "last_date", "windows")

    def _post_clean(self) -> None:
        """The action judges what was given."""


class AbsenceForm(forms.ModelForm[Absence]):
    """When somebody is away: the visitor, or whom of `people` they choose."""

    person = forms.ModelChoiceField(Person.objects.none(), label=_("Who is away"), empty_label=None)
    first_date = DayField(label=_("First day"))
    last_date = DayField(label=_("Last day"), help_text=_("It belongs to them."))
    field_order = ("person", "first_date", "last_date", "note")

    class Meta:
        model = Absence
        fields = ("first_date", "last_date", "note")

    def __init__(self, data: Any, *, instance: Absence, people: QuerySet[Person]) -> None:
        super().__init__(data, instance=instance, initial={"person": instance.person_id})
        self.fields["person"].queryset = people.order_by("name", "pk")  # type: ignore[attr-defined]  # a choice of records
        if people.count() == 1:
            del self.fields["person"]

    def _post_clean(self) -> None:
        """The action judges what was given."""


class LocalMomentField(forms.CharField):
    """A wall-clock moment of some zone, which the form says; no zone's missing or repeated hours are refused."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"})

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        try:
            moment = dt.datetime.fromisoformat(text).replace(tzinfo=None)
        except ValueError as error:
            raise ValidationError(_("Say when, as in “2026-11-19T10:00”.")) from error
        if not FIRST_YEAR <= moment.year <= LAST_YEAR:
            raise ValidationError(_("This year is too far away."))
        return moment


class TryForm(forms.Form):
    """A start and a target, to see where a deadline falls. The moment is one of the calendar's own zone."""

    starts = LocalMomentField(label=_("Starts"))
    hours = forms.DecimalField(
        label=_("Working hours"), min_value=0, max_value=4_000, decimal_places=2,
        widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
    )  # fmt: skip

    def __init__(self, zone: dt.tzinfo, now: dt.datetime, data: Any = None) -> None:
        start = now.astimezone(zone).replace(second=0, microsecond=0, tzinfo=None)
        given = {"starts": start.strftime(LOCAL_MOMENT), "hours": "2"}
        given |= {key: data[key] for key in given if data and data.get(key)}
        super().__init__(given, auto_id="try_%s")
        self._zone = zone

    @property
    def start(self) -> dt.datetime:
        start: dt.datetime = self.cleaned_data["starts"].replace(tzinfo=self._zone)
        return start

    @property
    def seconds(self) -> int:
        return int(self.cleaned_data["hours"] * 3_600)
