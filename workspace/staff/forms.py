"""Forms of people about themselves and about who comes in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from workspace.people.models import Department, Person
from workspace.people.roles import Role
from workspace.people.zones import ZoneField


class JoinForm(forms.Form):
    """Who comes in by an invitation; the first administrator says the address, too. No password where nobody uses one."""

    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "username"}))
    name = forms.CharField(label=_("Your name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=_("Eight characters at least; a few words that only you would put together are best."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    repeated = forms.CharField(
        label=_("The same password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    time_zone = ZoneField()

    def __init__(self, *args: object, asks_email: bool, asks_password: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # as Django's form takes them
        if not asks_email:
            del self.fields["email"]
        if not asks_password:
            del self.fields["password"], self.fields["repeated"]

    def clean_repeated(self) -> str:
        repeated: str = self.cleaned_data["repeated"]
        if repeated != self.cleaned_data.get("password"):
            raise forms.ValidationError(_("The two passwords differ."))
        return repeated


class OwnForm(forms.Form):
    """What people say of themselves."""

    name = forms.CharField(label=_("Name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    job_title = forms.CharField(label=_("Job title"), max_length=120, required=False)
    time_zone = ZoneField()
    theme = forms.ChoiceField(label=_("Theme"), choices=Person.Theme, widget=forms.RadioSelect)


class InviteForm(forms.Form):
    """Whom to invite, and as what."""

    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    name = forms.CharField(
        label=_("Name, if you know it"), max_length=150, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    role = forms.ChoiceField(label=_("Role"), choices=Role, initial=Role.REP)
    departments = forms.ModelMultipleChoiceField(
        Department.objects.all(), label=_("Departments"), widget=forms.CheckboxSelectMultiple, required=False
    )


class LetGoForm(forms.Form):
    """Who takes over what somebody still owes, and all that they look after."""

    hand_to = forms.ModelChoiceField(
        Person.objects.none(), label=_("Who takes it over?"), required=False, empty_label=_("choose a colleague")
    )

    def __init__(self, leaving: Person, data: Any = None) -> None:
        super().__init__(data)
        stay = Person.objects.active().exclude(pk=leaving.pk).order_by("name", "pk")
        # Promises of a department stay in it; where nobody else is there, somebody of the other one takes the rest.
        same = stay.filter(departments__key__in=leaving.department_keys).distinct()
        self.fields["hand_to"].queryset = same if same.exists() else stay  # type: ignore[attr-defined]
