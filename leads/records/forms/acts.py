"""Forms of what one does with a lead: move it, log a talk, set and finish the next step, open the next deal."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.funnel.models import Reason, Stage
from leads.records.actions import Talk
from leads.records.actions.moving import is_backwards
from leads.records.actions.seen import STEP
from leads.records.forms.base import ActForm, EditForm
from leads.records.forms.controls import LOCAL_MOMENT, step_fields
from leads.records.models import Lead

_ON_PATH = (Stage.Kind.OPEN, Stage.Kind.WON)


class MoveForm(ActForm):
    """Where a lead goes, from the stage in which the mover sees it, and why where that is asked."""

    to = forms.ModelChoiceField(Stage.objects.active(), widget=forms.RadioSelect, label=gettext_lazy("To"))
    seen_in = forms.ModelChoiceField(Stage.objects.all(), widget=forms.HiddenInput, required=False)
    lost = forms.ModelChoiceField(
        Reason.objects.filter(kind=Reason.Kind.LOST, is_active=True),
        required=False,
        label=gettext_lazy("Why was it lost?"),
        empty_label=gettext_lazy("Choose a reason"),
    )
    disqualified = forms.ModelChoiceField(
        Reason.objects.filter(kind=Reason.Kind.DISQUALIFIED, is_active=True),
        required=False,
        label=gettext_lazy("Why is it no lead for us?"),
        empty_label=gettext_lazy("Choose a reason"),
    )
    reason_text = forms.CharField(
        required=False, label=gettext_lazy("In a few words"), widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, lead: Lead, data: Any = None) -> None:
        super().__init__(data, auto_id="move_%s", initial={"seen_in": lead.stage_id})
        self.lead = lead
        self.stages = [
            stage
            for stage in Stage.objects.active().select_related("department").order_by("position", "pk")
            if stage.pk != lead.stage_id
        ]
        ahead = [stage for stage in self.stages if stage.position > lead.stage.position and stage.kind in _ON_PATH]
        self.initial["to"] = ahead[0].pk if ahead and lead.is_open else None

    @property
    def choices(self) -> list[dict[str, Any]]:
        """The stages as radio buttons, each with what choosing it asks for."""
        chosen = str(self["to"].value() or "")
        return [
            {
                "stage": stage,
                "letter": stage.department.key,
                "asks": "back" if is_backwards(self.lead.stage, stage) else stage.kind,
                "is_chosen": str(stage.pk) == chosen,
            }
            for stage in self.stages
        ]

    def reason(self) -> Reason | None:
        """The reason from the list of the stage that was chosen; nothing from the other list."""
        given: Reason | None = self.cleaned_data.get(self.cleaned_data["to"].kind)
        return given

    def take(self, error: ValidationError) -> None:
        self.at_field = {"stage": "to", "reason": self.cleaned_data["to"].kind}
        super().take(error)


class TalkForm(ActForm):
    """A call, mail, meeting or note; a note is words alone."""

    text = forms.CharField(
        required=False, label=gettext_lazy("What was said"), widget=forms.Textarea(attrs={"rows": 4})
    )
    was_reached = forms.BooleanField(required=False, initial=True, label=gettext_lazy("Reached them"))
    minutes = forms.IntegerField(
        required=False, label=gettext_lazy("Minutes"), widget=forms.NumberInput(attrs={"min": 0, "max": 1440})
    )
    happened_at = forms.DateTimeField(
        required=False,
        label=gettext_lazy("When"),
        widget=forms.DateTimeInput(format=LOCAL_MOMENT, attrs={"type": "datetime-local"}),
    )

    def __init__(self, talk: Talk, data: Any = None, *, now: dt.datetime) -> None:
        super().__init__(data, auto_id=f"{talk.value}_%s", initial={"happened_at": now})
        dropped = {
            Talk.NOTE: ("was_reached", "minutes", "happened_at"),
            Talk.MAIL: ("was_reached", "minutes"),
            Talk.MEETING: ("was_reached",),
        }
        for name in dropped.get(talk, ()):
            del self.fields[name]
        if talk is Talk.NOTE:
            self.fields["text"].label = _("Note")

    def told(self) -> dict[str, Any]:
        """What `actions.log_talk` takes, beyond who and when it is written."""
        given = {key: value for key, value in self.cleaned_data.items() if value is not None}
        return {"was_reached": True, **given}


class NextStepForm(EditForm):
    """What comes next and when, in the place of the step that is shown."""

    keys = STEP

    def __init__(self, lead: Lead, data: Any = None, *, now: dt.datetime) -> None:
        initial = {"next_step": lead.next_step, "next_step_at": lead.next_step_at}
        super().__init__(data, auto_id="step_%s", initial=initial)
        self.record = lead
        self.fields.update(step_fields())
        self._now = now

    @property
    def quick(self) -> list[tuple[str, str]]:
        """Usual moments, each a button that sets it."""
        return [(key, words) for key, words, _moment in quick_moments(self._now)]

    def due_at(self, quick: str) -> dt.datetime | None:
        """The moment of the button that was pressed, which stands in the field from then on, else that of the field."""
        for key, _words, moment in quick_moments(self._now):
            if key == quick:
                self.data = {
                    **dict(self.data.items()),
                    "next_step_at": timezone.localtime(moment).strftime(LOCAL_MOMENT),
                }
                return moment
        due: dt.datetime | None = self.cleaned_data.get("next_step_at")
        return due


def quick_moments(now: dt.datetime) -> list[tuple[str, str, dt.datetime]]:
    """Usual moments for a next step, in the reader's zone: later today, tomorrow, in three days, next Monday."""
    today = timezone.localdate(now)
    monday = today + dt.timedelta(days=7 - today.weekday())
    at_nine = dt.time(9)
    moments = [
        ("today", _("Today 17:00"), _local(today, dt.time(17))),
        ("tomorrow", _("Tomorrow 9:00"), _local(today + dt.timedelta(days=1), at_nine)),
        ("three_days", _("In 3 days"), _local(today + dt.timedelta(days=3), at_nine)),
        ("monday", _("%s 9:00") % date_format(monday, "l j M"), _local(monday, at_nine)),
    ]
    first_told = {moment: key for key, _words, moment in reversed(moments)}  # on Sundays, tomorrow is Monday
    return [one for one in moments if one[2] > now and first_told[one[2]] == one[0]]


def _local(day: dt.date, time: dt.time) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, time))


class DoneForm(EditForm):
    """How the next step that is shown went, if there is a word to say."""

    keys = ("next_step",)
    text = forms.CharField(
        required=False, label=gettext_lazy("How did it go?"), widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, lead: Lead, data: Any = None) -> None:
        super().__init__(data, auto_id="done_%s")
        self.record = lead


class NextDealForm(ActForm):
    """The stage in which the next deal begins."""

    stage = forms.ModelChoiceField(
        Stage.objects.active().filter(kind=Stage.Kind.OPEN),
        label=gettext_lazy("Where does it begin?"),
        empty_label=None,
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="deal_%s")
