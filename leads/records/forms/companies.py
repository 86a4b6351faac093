"""Forms of the fields of a company."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from leads.records.forms.base import EditForm
from leads.records.forms.controls import NO_AUTOCOMPLETE, custom_control, custom_initial, people
from leads.records.models import Company, CustomField
from leads.records.presenters.facts import CUSTOM
from leads.records.values import clean_domain


class CompanyForm(EditForm, forms.ModelForm[Company]):
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
        self.record, self.keys = company, tuple(keys)
        wanted = set(self.keys)
        for name in [name for name in self.fields if name not in wanted]:
            del self.fields[name]
        for key, definition in (definitions or {}).items():
            if f"{CUSTOM}{key}" in wanted:
                self.fields[f"{CUSTOM}{key}"] = custom_control(definition, company.custom.get(key))
                self.initial[f"{CUSTOM}{key}"] = custom_initial(definition, company.custom.get(key))
        for name, field in self.fields.items():
            field.show_hidden_initial = True
            field.required = field.required and name == "name"
            field.widget.attrs.setdefault("autocomplete", NO_AUTOCOMPLETE)
            field.label = str(field.label).capitalize()
            if name == "account_owner" and isinstance(field, forms.ModelChoiceField):
                field.queryset, field.empty_label = people(company.account_owner_id), _("nobody")

    def clean_domain(self) -> str:
        """The domain as it is stored, refused with the name of the company that has it already."""
        domain = clean_domain(self.cleaned_data["domain"])
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
