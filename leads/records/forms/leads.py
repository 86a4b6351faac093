"""Forms of the fields of a lead: some of them in place, all of them, and those of a new lead."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.records.fields import FIELDS
from leads.records.forms.base import EditForm
from leads.records.forms.controls import REFERRED, control, custom_control, custom_initial, step_fields
from leads.records.models import CustomField, Lead
from leads.records.presenters.facts import CONSENT_LABELS, CUSTOM
from leads.records.values import CONSENTS

ANSWERS = [("", gettext_lazy("not asked")), ("yes", gettext_lazy("yes")), ("no", gettext_lazy("no"))]


class LeadForm(EditForm):
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
        self.record, self.keys = lead, tuple(keys)
        self._definitions = definitions or {}
        for key in self.keys:
            self.fields.update(self._controls(key, lead))
        for name, field in self.fields.items():
            field.required = False
            field.show_hidden_initial = lead is not None
            self.initial.setdefault(name, "")

    def _controls(self, key: str, lead: Lead | None) -> dict[str, forms.Field]:
        if key.startswith(CUSTOM):
            definition = self._definitions[key.removeprefix(CUSTOM)]
            value = lead.custom.get(definition.key) if lead else None
            self.initial[key] = custom_initial(definition, value)
            return {key: custom_control(definition, value)}
        if key == "consent":
            words = _("Consent: %s")
            return {
                f"consent_{way}": forms.ChoiceField(label=words % str(CONSENT_LABELS[way]).lower(), choices=ANSWERS)
                for way in CONSENTS
            }
        return {key: control(FIELDS[key], lead)}

    def values(self) -> dict[str, Any]:
        """What the visitor changed (or gave, of a new lead), as `actions.change` and `actions.create` take it."""
        names = list(self.fields) if self._is_new else self.changed_data
        values = {name: self._value(name) for name in names if name in FIELDS}
        if any(name.startswith("consent_") for name in names):
            told = {way: f"consent_{way}" for way in CONSENTS}
            values["consent"] = {way: self.cleaned_data[name] for way, name in told.items() if name in names}
        own = {name.removeprefix(CUSTOM): self._value(name) for name in names if name.startswith(CUSTOM)}
        return {**values, "custom": own} if own else values

    def _value(self, name: str) -> Any:
        value = self.cleaned_data[name]
        return value.pk if hasattr(value, "pk") else value


class NewLeadForm(LeadForm):
    """The short form of a new lead, with the own fields that are required, and with what comes next."""

    KEYS = (
        "first_name", "last_name", "email", "phone", "company", "job_title", "source", "stage", "value", "currency",
        "owner", "marketer",
    )  # fmt: skip

    def __init__(
        self, data: Any = None, *, required: Mapping[str, CustomField], initial: Mapping[str, Any] | None = None
    ) -> None:
        own = tuple(f"{CUSTOM}{key}" for key in required)
        super().__init__(data, keys=(*self.KEYS, *own), definitions=required, initial=initial)
        self.own = [self[name] for name in own]
        self.fields.update(step_fields())

    @property
    def has_step(self) -> bool:
        return bool(self.cleaned_data["next_step"] or self.cleaned_data["next_step_at"])

    def values(self) -> dict[str, Any]:
        return {key: value for key, value in super().values().items() if key in (*self.KEYS, "custom")}


def _initial_of(lead: Lead) -> dict[str, Any]:
    answers = {True: "yes", False: "no"}
    return {
        **{key: getattr(lead, f"{key}_id") for key in ("owner", "marketer", *REFERRED)},
        **{key: ", ".join(str(one) for one in getattr(lead, key).all()) for key in ("tags", "interests")},
        **{f"consent_{way}": answers.get(lead.consent.get(way), "") for way in CONSENTS},
        **{key: getattr(lead, key) for key in _TEXTS},
        "company": lead.company_name,
        "value": "" if lead.value is None else f"{lead.value.normalize():f}",
        "asleep_until": lead.asleep_until.isoformat() if lead.asleep_until else "",
    }


_TEXTS = (
    "external_id", "first_name", "last_name", "email", "phone", "job_title", "industry", "country", "city",
    "buying_role", "currency", "asleep_reason", "crm_url",
)  # fmt: skip
