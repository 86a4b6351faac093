"""Forms of signing in."""

from typing import Any

from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _

from workspace.people.roles import Role


class AddPasskeyForm(AddWebAuthnForm):  # type: ignore[misc]  # allauth carries no types
    """A passkey that signs in alone, unless it is to be a key beside the password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Its name")
        self.fields["name"].max_length = 80
        self.fields["name"].widget.attrs["maxlength"] = 80
        self.fields["name"].help_text = _("So that you know it again when you have several.")
        passwordless = self.fields["passwordless"]
        passwordless.initial = True
        passwordless.label = _("Sign in with it alone, without a password")
        passwordless.help_text = _(
            "It then asks for your fingerprint, face or PIN each time. Take the tick away for a security key that cannot."
        )


class RulesForm(forms.Form):
    """Which roles need a second factor."""

    roles = forms.MultipleChoiceField(
        label=_("A second factor is needed by"),
        choices=Role.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
