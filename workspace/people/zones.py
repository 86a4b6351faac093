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
    """A choice of time zones, with the one that is stored even where this machine does not know it."""

    def __init__(self) -> None:
        super().__init__(label=_("Time zone"), choices=time_zones, initial="UTC")
