"""Made-up records for the developers' page; nothing here is stored."""

import datetime as dt
from decimal import Decimal

from django import forms
from django.utils import timezone

from workspace.paging import Count
from workspace.people.models import Person


class SampleForm(forms.Form):
    """A field of every make."""

    email = forms.EmailField(label="E-mail")
    next_step_at = forms.DateTimeField(label="Next step on", help_text="Say when, as in “2026-11-19 10:00”")
    stage = forms.ChoiceField(label="Stage", choices=[("new", "New"), ("mql", "MQL")])
    note = forms.CharField(label="Note", widget=forms.Textarea(attrs={"rows": 2}), required=False)
    way = forms.ChoiceField(label="Way", choices=[("call", "Call"), ("mail", "Mail")], widget=forms.RadioSelect)
    agreed = forms.BooleanField(label="May we write to them?", required=False)


def context() -> dict[str, object]:
    """What the page of all parts needs."""
    now = timezone.now()
    hour, day = dt.timedelta(hours=1), dt.timedelta(days=1)
    return {
        "mara": Person(name="Mara Lindholm", email="mara@fennmark.example"),
        "long_name": Person(name="Maximiliane-Friederike von und zu Hohenstein-Oettingen", email="m@fennmark.example"),
        "grades": [f"{fit}{engagement}" for fit in "ABCD" for engagement in "1234"],
        "passed": [now - dt.timedelta(seconds=20), now - 9 * hour, now - 41 * day, now - 400 * day],
        "moments": [now - day, now, now + day, now + 3 * day, now + 30 * day, now + 400 * day],
        "durations": [40, 2_040, 9_360, 64_800, 273_600, 3_542_400],
        "amounts": [(Decimal(48_000), "EUR"), (Decimal("1250.50"), "CHF"), (Decimal(-300), "USD"), (None, "EUR")],
        "counts": [1_257, Count(10_000, exact=False), Count(None, exact=False)],
        "form": SampleForm({"email": "anke@ostertal", "next_step_at": "soon", "stage": "mql", "way": "call"}),
    }
