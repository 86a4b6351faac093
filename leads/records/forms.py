"""Forms of leads and companies: they draw controls and hand over what was given; the actions judge it."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Q, QuerySet
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.audience.models import BuyingRole, Persona
from leads.funnel.models import Campaign, Offering, Reason, Source, Stage
from leads.records.actions import Talk
from leads.records.actions.moving import is_backwards
from leads.records.fields import CONSENTS, FIELDS, Kind, LeadField
from leads.records.models import Company, CustomField, Lead
from leads.records.presenters.facts import CONSENT_LABELS, CUSTOM
from workspace.people.models import Person

LOCAL_MOMENT = "%Y-%m-%dT%H:%M"
ANSWERS = [("", gettext_lazy("not asked")), ("yes", gettext_lazy("yes")), ("no", gettext_lazy("no"))]
YES_NO = [("", "–"), ("yes", gettext_lazy("yes")), ("no", gettext_lazy("no"))]
_REFERRED: dict[str, Any] = {"source": Source, "campaign": Campaign, "offering": Offering, "persona": Persona}
_AUTOCOMPLETE = "off"  # the browser would offer the colleague's own name and address


class Taken(NamedTuple):
    """Another lead, which has the address already."""

    pk: int
    name: str


class ActForm(forms.Form):
    """A form whose values an action judges: what the action refuses is shown at the field that it names."""

    # Under which field an error of the action stands, where the two have different names.
    at_field: Mapping[str, str] = {}

    def take(self, error: ValidationError) -> None:
        """Show the errors of an action."""
        by_key = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.error_list}
        for key, errors in by_key.items():
            name = self.at_field.get(key, key)
            for one in errors:
                self.add_error(name if name in self.fields else None, one)

    @property
    def taken_by(self) -> Taken | None:
        """The lead that has the e-mail address or external id already, where that is what was refused."""
        for errors in self.errors.as_data().values():
            for error in errors:
                if error.code == "taken" and error.params:
                    return Taken(error.params["lead"], error.params["name"])
        return None

    @property
    def hidden_initials(self) -> SafeString:
        """What stood in the fields when the form was drawn, so that only what this visitor changed is written."""
        shown = [bound for bound in self if bound.field.show_hidden_initial]
        return format_html_join("", "{}", ((bound.as_hidden(only_initial=True),) for bound in shown))


class LeadForm(ActForm):
    """Some fields of a lead by the keys of `fields.FIELDS` and `custom.<key>`; of a new one where no lead is given."""

    def __init__(
        self,
        data: Any = None,
        *,
        keys: Iterable[str],
        lead: Lead | None = None,
        definitions: Mapping[str, CustomField] | None = None,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        given = {**(_initial_of(lead) if lead else {}), **(initial or {})}
        super().__init__(data, initial=given)
        self._is_new = lead is None
        self._definitions = definitions or {}
        for key in keys:
            self.fields.update(self._controls(key, lead))
        for name, field in self.fields.items():
            field.required = False
            field.show_hidden_initial = lead is not None
            self.initial.setdefault(name, "")

    def _controls(self, key: str, lead: Lead | None) -> dict[str, forms.Field]:
        if key.startswith(CUSTOM):
            definition = self._definitions[key.removeprefix(CUSTOM)]
            self.initial[key] = _custom_initial(definition, lead.custom.get(definition.key) if lead else None)
            return {key: custom_control(definition)}
        if key == "consent":
            words = _("Consent: %s")
            return {
                f"consent_{way}": forms.ChoiceField(label=words % str(CONSENT_LABELS[way]).lower(), choices=ANSWERS)
                for way in CONSENTS
            }
        return {key: _control(FIELDS[key], lead)}

    def values(self) -> dict[str, Any]:
        """What the visitor changed (or gave, of a new lead), as `actions.change` and `actions.create` take it."""
        names = list(self.fields) if self._is_new else self.changed_data
        values = {name: self._value(name) for name in names if name in FIELDS}
        if any(name.startswith("consent_") for name in names):
            values["consent"] = {way: self.cleaned_data[f"consent_{way}"] for way in CONSENTS}
        own = {name.removeprefix(CUSTOM): self._value(name) for name in names if name.startswith(CUSTOM)}
        return {**values, "custom": own} if own else values

    def _value(self, name: str) -> Any:
        value = self.cleaned_data[name]
        return value.pk if hasattr(value, "pk") else value


class NewLeadForm(LeadForm):
    """The short form of a new lead, with what comes next."""

    KEYS = (
        "first_name", "last_name", "email", "phone", "company", "job_title", "source", "stage", "value", "currency",
        "owner", "marketer",
    )  # fmt: skip

    def __init__(self, data: Any = None, *, initial: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, keys=self.KEYS, initial=initial)
        self.fields.update(_step_fields())

    @property
    def has_step(self) -> bool:
        return bool(self.cleaned_data["next_step"] or self.cleaned_data["next_step_at"])

    def values(self) -> dict[str, Any]:
        return {key: value for key, value in super().values().items() if key in self.KEYS}


def _step_fields() -> dict[str, forms.Field]:
    text = forms.TextInput(attrs={"maxlength": 200, "autocomplete": _AUTOCOMPLETE})
    moment = forms.DateTimeInput(format=LOCAL_MOMENT, attrs={"type": "datetime-local"})
    return {
        "next_step": forms.CharField(required=False, label=_("What comes next"), widget=text),
        "next_step_at": forms.DateTimeField(required=False, label=_("When"), widget=moment),
    }


def _initial_of(lead: Lead) -> dict[str, Any]:
    answers = {True: "yes", False: "no"}
    return {
        **{key: getattr(lead, f"{key}_id") for key in ("owner", "marketer", *_REFERRED)},
        **{key: ", ".join(str(one) for one in getattr(lead, key).all()) for key in ("tags", "interests")},
        **{f"consent_{way}": answers.get(lead.consent.get(way), "") for way in CONSENTS},
        **{key: getattr(lead, key) for key in _TEXTS},
        "company": lead.company_name,
        "value": "" if lead.value is None else f"{lead.value.normalize():f}",
        "asleep_until": lead.asleep_until.isoformat() if lead.asleep_until else "",
    }


_TEXTS = (
    "external_id", "first_name", "last_name", "email", "phone", "job_title", "industry", "country", "city",
    "buying_role", "currency", "crm_url",
)  # fmt: skip
_INPUTS: dict[Kind, dict[str, Any]] = {
    Kind.EMAIL: {"type": "email"},
    Kind.PHONE: {"type": "tel"},
    Kind.LINK: {"type": "url", "placeholder": "https://"},
    Kind.MONEY: {"type": "number", "min": 0, "step": "0.01", "inputmode": "decimal"},
    Kind.NUMBER: {"type": "number", "step": "any"},
    Kind.DATE: {"type": "date"},
    Kind.CURRENCY: {"maxlength": 3, "placeholder": "EUR"},
}


# The names of companies come as one types, into the list of that id on the same page.
_SUGGESTED = {
    "list": "companies",
    "hx-get": reverse_lazy("records:company_suggestions"),
    "hx-trigger": "input changed delay:200ms",
    "hx-target": "#companies",
    "hx-swap": "innerHTML",
    "hx-sync": "this:replace",
}


def _control(field: LeadField, lead: Lead | None) -> forms.Field:
    label = str(field.label)
    if field.refers_to == "person":
        now = getattr(lead, f"{field.key}_id") if lead else None
        return forms.ModelChoiceField(people(now), label=label, empty_label=_("nobody"))
    if field.refers_to == "stage":
        rows = Stage.objects.active().filter(kind=Stage.Kind.OPEN).order_by("position", "pk")
        return forms.ModelChoiceField(rows, label=label, empty_label=None)
    if field.refers_to in _REFERRED:
        model = _REFERRED[field.refers_to]
        now = getattr(lead, f"{field.key}_id") if lead else None
        rows = model.objects.filter(Q(is_active=True) | Q(pk=now)).order_by("name", "pk")
        return forms.ModelChoiceField(rows, label=label, empty_label="–")
    if field.key == "buying_role":
        return forms.ChoiceField(label=label, choices=[("", "–"), *BuyingRole.choices])
    attrs = {"autocomplete": _AUTOCOMPLETE, **_INPUTS.get(field.kind, {})}
    if field.key == "company":
        attrs |= _SUGGESTED
    if field.kind is Kind.REFERENCES:
        return forms.CharField(label=label, help_text=_("Parted by commas."), widget=_input(attrs))
    limit = field.max_length or 60
    return forms.CharField(label=label, widget=_input({"maxlength": limit, **attrs}))


def people(current: int | None = None) -> QuerySet[Person]:
    """Whom a lead can be given to: who is active, and whoever has it now."""
    return Person.objects.filter(Q(is_active=True) | Q(pk=current)).order_by("name", "pk")


def _input(attrs: Mapping[str, Any]) -> forms.TextInput:
    widget = forms.TextInput(attrs={key: value for key, value in attrs.items() if key != "type"})
    widget.input_type = attrs.get("type", "text")
    return widget


def custom_control(definition: CustomField) -> forms.Field:
    """The control of a custom field, by its kind."""
    own, label, help_text = CustomField.Kind, definition.label, definition.help_text
    choices = [(choice, choice) for choice in definition.choices]
    if definition.kind == own.YES_NO:
        return forms.ChoiceField(label=label, help_text=help_text, choices=YES_NO)
    if definition.kind == own.CHOICE and choices:
        return forms.ChoiceField(label=label, help_text=help_text, choices=[("", "–"), *choices])
    if definition.kind == own.CHOICES and choices:
        return forms.MultipleChoiceField(
            label=label, help_text=help_text, choices=choices, widget=forms.CheckboxSelectMultiple
        )
    kind = {own.NUMBER: Kind.NUMBER, own.MONEY: Kind.MONEY, own.DATE: Kind.DATE, own.LINK: Kind.LINK}
    attrs = _INPUTS.get(kind.get(own(definition.kind), Kind.TEXT), {})
    return forms.CharField(label=label, help_text=help_text, widget=_input({"autocomplete": _AUTOCOMPLETE, **attrs}))


def _custom_initial(definition: CustomField, value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return value if definition.choices else ", ".join(value)
    return "" if value is None else str(value)


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
        following = [stage for stage in self.stages if stage.position > lead.stage.position]
        self.initial["to"] = following[0].pk if following else None

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


class NextStepForm(ActForm):
    """What comes next and when."""

    def __init__(self, lead: Lead, data: Any = None, *, now: dt.datetime) -> None:
        initial = {"next_step": lead.next_step, "next_step_at": lead.next_step_at}
        super().__init__(data, auto_id="step_%s", initial=initial)
        self.fields.update(_step_fields())
        self._now = now

    @property
    def quick(self) -> list[tuple[str, str]]:
        """Usual moments, each a button that sets it."""
        return [(key, words) for key, words, _moment in quick_moments(self._now)]

    def due_at(self, quick: str) -> dt.datetime | None:
        """The moment of the button that was pressed, else that of the field."""
        for key, _words, moment in quick_moments(self._now):
            if key == quick:
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


class DoneForm(ActForm):
    """How the next step went, if there is a word to say."""

    text = forms.CharField(
        required=False, label=gettext_lazy("How did it go?"), widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="done_%s")


class NextDealForm(ActForm):
    """The stage in which the next deal begins."""

    stage = forms.ModelChoiceField(
        Stage.objects.active().filter(kind=Stage.Kind.OPEN),
        label=gettext_lazy("Where does it begin?"),
        empty_label=None,
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="deal_%s")


class CompanyForm(ActForm, forms.ModelForm[Company]):
    """Some fields of a company."""

    class Meta:
        model = Company
        fields = (
            "name", "domain", "industry", "country", "city", "phone", "people_count", "account_owner",
            "customer_since_date", "renewal_date",
        )  # fmt: skip
        widgets = {
            "customer_since_date": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            "renewal_date": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        }

    def __init__(
        self,
        company: Company,
        data: Any = None,
        *,
        keys: Iterable[str],
        definitions: Mapping[str, CustomField] | None = None,
    ) -> None:
        super().__init__(data, instance=company)
        wanted = set(keys)
        for name in [name for name in self.fields if name not in wanted]:
            del self.fields[name]
        for key, definition in (definitions or {}).items():
            if f"{CUSTOM}{key}" in wanted:
                self.fields[f"{CUSTOM}{key}"] = custom_control(definition)
                self.initial[f"{CUSTOM}{key}"] = _custom_initial(definition, company.custom.get(key))
        for name, field in self.fields.items():
            field.show_hidden_initial = True
            field.required = field.required and name == "name"
            field.widget.attrs.setdefault("autocomplete", _AUTOCOMPLETE)
            field.label = str(field.label).capitalize()
            if name == "account_owner" and isinstance(field, forms.ModelChoiceField):
                field.queryset, field.empty_label = people(company.account_owner_id), _("nobody")

    def clean_domain(self) -> str:
        """The domain as it is stored, refused with the name of the company that has it already."""
        domain = str(self.cleaned_data["domain"]).lower().removeprefix("www.")
        other = Company.objects.living().filter(domain=domain).exclude(pk=self.instance.pk).first() if domain else None
        if other is not None:
            raise ValidationError(_("%s has this domain already.") % other)
        return domain

    def values(self) -> dict[str, Any]:
        """What the visitor changed, as `actions.change_company` takes it."""
        changed = {name: self.cleaned_data[name] for name in self.changed_data}
        own = {name.removeprefix(CUSTOM): value for name, value in changed.items() if name.startswith(CUSTOM)}
        values = {name: value for name, value in changed.items() if not name.startswith(CUSTOM)}
        return {**values, "custom": own} if own else values
