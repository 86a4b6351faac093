"""Choosing a time zone."""

import zoneinfo
from functools import lru_cache

from django import forms
from django.utils.translation import gettext_lazy as _


@lru_cache(maxsize=1)
def time_zones() -> list[tuple[str, str]]:
    """Every zone of the machine with a place in its name, `UTC` first."""
    names = sorted(name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith("Etc/"))
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in names)]


class ZoneField(forms.ChoiceField):
    """A choice of time zones, with the one that is stored even where it has no place in its name, as “CET”."""

    def __init__(self) -> None:
        super().__init__(label=_("Time zone"), choices=time_zones, initial="UTC")

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> forms.BoundField:
        """The field in its form, which draws and reads it by this; else saving would silently make another zone of it."""
        stored = form.get_initial_for_field(self, field_name)
        if stored and not self.valid_value(stored):
            self.choices = [(stored, stored), *time_zones()]
        return super().get_bound_field(form, field_name)
