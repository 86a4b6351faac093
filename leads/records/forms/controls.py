"""Controls for the fields of leads and for custom fields, by their kind."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.audience.models import BuyingRole, Persona
from leads.funnel.models import Campaign, Offering, Source, Stage
from leads.records.fields import Kind, LeadField
from leads.records.models import CustomField, Lead
from workspace.people.models import Person

LOCAL_MOMENT = "%Y-%m-%dT%H:%M"
YES_NO = [("", "–"), ("yes", gettext_lazy("yes")), ("no", gettext_lazy("no"))]
# The records that are chosen from a list, as they are not found by typing.
REFERRED: dict[str, Any] = {"source": Source, "campaign": Campaign, "offering": Offering, "persona": Persona}
NO_AUTOCOMPLETE = "off"  # the browser would offer the colleague's own name and address


_INPUTS: dict[Kind, dict[str, Any]] = {
    Kind.EMAIL: {"type": "email"},
    Kind.PHONE: {"type": "tel"},
    Kind.LINK: {"type": "url", "placeholder": "https://"},
    Kind.MONEY: {"type": "number", "min": 0, "step": "0.01", "inputmode": "decimal"},
    Kind.NUMBER: {"type": "number", "step": "any"},
    Kind.DATE: {"type": "date"},
    Kind.CURRENCY: {"maxlength": 3, "placeholder": "EUR"},
}


def _suggested(from_url: str, into: str) -> dict[str, Any]:
    """What one types is completed from `from_url`, into the list of the id `into` on the same page."""
    return {
        "list": into,
        "hx-get": reverse_lazy(from_url),
        "hx-trigger": "input changed delay:200ms",
        "hx-target": f"#{into}",
        "hx-swap": "innerHTML",
        "hx-sync": "this:replace",
    }


def control(field: LeadField, lead: Lead | None) -> forms.Field:
    label = str(field.label)
    if field.refers_to == "person":
        now = getattr(lead, f"{field.key}_id") if lead else None
        return forms.ModelChoiceField(people(now), label=label, empty_label=_("nobody"))
    if field.refers_to == "stage":
        rows = Stage.objects.active().filter(kind=Stage.Kind.OPEN).order_by("position", "pk")
        return forms.ModelChoiceField(rows, label=label, empty_label=None)
    if field.refers_to in REFERRED:
        model = REFERRED[field.refers_to]
        now = getattr(lead, f"{field.key}_id") if lead else None
        rows = model.objects.filter(Q(is_active=True) | Q(pk=now)).order_by("name", "pk")
        return forms.ModelChoiceField(rows, label=label, empty_label="–")
    if field.key == "buying_role":
        return forms.ChoiceField(label=label, choices=[("", "–"), *BuyingRole.choices])
    attrs = {"autocomplete": NO_AUTOCOMPLETE, **_INPUTS.get(field.kind, {})}
    if field.key == "company":
        attrs |= _suggested("records:company_suggestions", "companies")
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


def custom_control(definition: CustomField, value: Any = None) -> forms.Field:
    """The control of a custom field, by its kind; among its choices are those of the present `value`, offered or not."""
    own, label, help_text = CustomField.Kind, definition.label, definition.help_text
    present = value if isinstance(value, list) else [value]
    held = [one for one in definition.retired_choices if one in present]
    choices = [(choice, choice) for choice in (*definition.choices, *held)]
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
    if definition.kind == own.PERSON:
        attrs = {**_INPUTS[Kind.EMAIL], **_suggested("records:person_suggestions", "people")}
    return forms.CharField(label=label, help_text=help_text, widget=_input({"autocomplete": NO_AUTOCOMPLETE, **attrs}))


def custom_initial(definition: CustomField, value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return value if definition.choices else ", ".join(value)
    return "" if value is None else str(value)


def step_fields() -> dict[str, forms.Field]:
    """What comes next and when."""
    text = forms.TextInput(attrs={"maxlength": 200, "autocomplete": NO_AUTOCOMPLETE})
    moment = forms.DateTimeInput(format=LOCAL_MOMENT, attrs={"type": "datetime-local"})
    return {
        "next_step": forms.CharField(required=False, label=_("What comes next"), widget=text),
        "next_step_at": forms.DateTimeField(required=False, label=_("When"), widget=moment),
    }
