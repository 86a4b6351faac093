"""Forms of notices: how somebody wants to be told, and what they remark."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.formats import time_format
from django.utils.translation import gettext_lazy as _

from workspace.notices import kinds
from workspace.notices.models import DigestPlan, Level
from workspace.remarks.actions import LONGEST


def _hours() -> list[tuple[int, str]]:
    return [(hour, time_format(dt.time(hour), "H:i")) for hour in range(24)]


class PreferencesForm(forms.Form):
    """One choice of four for each kind, and when the digest comes. Fields of kinds are called `kind.<key>`."""

    rhythm = forms.ChoiceField(label=_("The digest comes"), choices=DigestPlan.Rhythm)
    weekday = forms.TypedChoiceField(label=_("On"), choices=DigestPlan.Weekday, coerce=int)
    hour = forms.TypedChoiceField(label=_("At"), choices=_hours, coerce=int)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, kind in kinds.entries().items():
            self.fields[f"kind.{key}"] = forms.ChoiceField(
                label=str(kind.label), choices=Level, initial=kind.default, widget=forms.RadioSelect
            )

    @property
    def rows(self) -> list[forms.BoundField]:
        """The kinds, each a row of the table of choices."""
        return [self[f"kind.{key}"] for key in kinds.entries()]

    def levels(self) -> dict[str, str]:
        return {key: self.cleaned_data[f"kind.{key}"] for key in kinds.entries()}


class RemarkForm(forms.Form):
    """What somebody says about a record."""

    text = forms.CharField(
        required=False,  # the action says what is missing
        label=_("Remark"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
