"""Forms of the settings in which own fields are defined."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from leads.records.models import CustomField

_WITH_CHOICES = (CustomField.Kind.CHOICE, CustomField.Kind.CHOICES)


class LinesField(forms.CharField):
    """A list of words, one a line."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return [line.strip() for line in str(value or "").splitlines() if line.strip()]


class OwnFieldForm(forms.ModelForm[CustomField]):
    """What can be said anew of an own field, as often as one likes."""

    choices = LinesField(
        label=_("Choices"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("One a line. One that you take out stays where it was chosen, and is offered no more."),
    )

    class Meta:
        model = CustomField
        fields = ("label", "choices", "help_text", "is_required", "is_filterable")
        labels = {
            "label": _("Name"),
            "help_text": _("What it means, for whoever fills it in"),
            "is_required": _("Required: no form or program makes a record without it, or empties it"),
            "is_filterable": _("Lists can be filtered by it"),
        }

    def __init__(self, field: CustomField, data: Any = None) -> None:
        super().__init__(data, instance=field)
        if field.pk is not None and field.kind not in _WITH_CHOICES:
            del self.fields["choices"]

    def _post_clean(self) -> None:
        """The action judges the values, and stores them: the record that stands behind the form is left as it is."""


class NewOwnFieldForm(OwnFieldForm):
    """A new own field: what is said once is chosen here."""

    class Meta(OwnFieldForm.Meta):
        fields = ("label", "kind", "choices", "help_text", "is_required", "is_filterable", "key")  # type: ignore[assignment]
        help_texts = {
            "kind": _("It stays: values are stored by it."),
            "key": _("Files and programs call the field by it, for good. Made of the name when left empty."),
        }

    def __init__(self, field: CustomField, data: Any = None) -> None:
        super().__init__(field, data)
        self.fields["key"].required = False
