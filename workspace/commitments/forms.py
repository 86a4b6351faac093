"""Forms of promises: make one, say that it is done, and stop or let go of one with a reason."""

from decimal import Decimal
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from workspace import refusals
from workspace.commitments.models import Commitment
from workspace.people.models import Department, Person

LOCAL_MOMENT: Final = "%Y-%m-%dT%H:%M"


class WordForm(forms.Form):
    """A word to the other side; of one's own work, which is owed to nobody, how it went."""

    text = forms.CharField(
        label=_("A word to whom it was owed"), required=False, max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def __init__(self, one: Commitment, data: Any = None) -> None:
        super().__init__(data)
        if not one.is_promise:
            self.fields["text"].label = _("How did it go?")


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label=_("Why?"), required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 2})
    )


class PromiseForm(forms.Form):
    """What is promised, by whom, and until when: within working hours, or by a date."""

    text = forms.CharField(label=_("What do you promise?"), max_length=300)
    debtor = forms.ModelChoiceField(
        Person.objects.none(), label=_("Who keeps it"), required=False, empty_label=_("the whole department")
    )
    side = forms.ModelChoiceField(Department.objects.none(), label=_("For which department"), empty_label=None)
    creditor = forms.ModelChoiceField(
        Person.objects.none(), label=_("To whom"), required=False, empty_label=_("the other department")
    )
    hours = forms.DecimalField(
        label=_("Within working hours"), required=False, min_value=Decimal("0.25"), max_value=2_000, decimal_places=2,
        initial=18, widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
        help_text=_("Two working days are 18. Leave it empty for a date."),
    )  # fmt: skip
    due_at = forms.DateTimeField(
        label=_("Or by"), required=False,
        widget=forms.DateTimeInput(format=LOCAL_MOMENT, attrs={"type": "datetime-local"}),
    )  # fmt: skip

    def __init__(self, person: Person, data: Any = None) -> None:
        super().__init__(data, initial={"debtor": person.pk})
        departments = Department.objects.filter(key__in=person.department_keys)
        self.fields["side"].queryset = departments  # type: ignore[attr-defined]  # a choice of records
        self.fields["side"].initial = departments.first()
        colleagues = Person.objects.active().filter(departments__in=departments).distinct().order_by("name", "pk")
        self.fields["debtor"].queryset = colleagues  # type: ignore[attr-defined]
        others = Person.objects.active().filter(departments__isnull=False).exclude(pk=person.pk).distinct()
        self.fields["creditor"].queryset = others.order_by("name", "pk")  # type: ignore[attr-defined]
        if len(person.department_keys) == 1:
            del self.fields["side"]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if not given.get("hours") and not given.get("due_at") and not {"hours", "due_at"} & self.errors.keys():
            raise ValidationError({"hours": _("Say until when.")})
        if given.get("due_at"):
            given["hours"] = None
        return given

    def promised(self) -> dict[str, Any]:
        """What `actions.promise` takes, beyond who promises and when."""
        hours: Decimal | None = self.cleaned_data["hours"]
        given = {key: self.cleaned_data.get(key) for key in ("text", "debtor", "creditor", "side", "due_at")}
        return {**given, "target_seconds": int(hours * 3_600) if hours else None}

    def take(self, error: ValidationError) -> None:
        """Show what the action refused."""
        renamed = {"target_seconds": "hours", "debtor_department": "side", "creditor_department": "creditor"}
        if hasattr(error, "error_dict"):
            error = ValidationError({renamed.get(key, key): told for key, told in error.error_dict.items()})
        refusals.show(self, error)
