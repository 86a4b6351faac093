"""Forms of signing in."""

from typing import Any

from allauth.mfa import app_settings
from allauth.mfa.base.forms import AuthenticateForm, BaseAuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.core.cache import cache
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


class _EachCodeOnce(BaseAuthenticateForm):  # type: ignore[misc]  # allauth carries no types
    """Remembers a used code of an app for as long as it would be accepted: allauth does so for half a minute alone."""

    def clean_code(self) -> str:
        code: str = super().clean_code()
        if self.authenticator.type == Authenticator.Type.TOTP:
            steps = 2 * app_settings.TOTP_TOLERANCE + 1
            key = self.authenticator.wrap()._get_used_cache_key(code)  # noqa: SLF001 - allauth's own mark, kept longer
            cache.touch(key, steps * app_settings.TOTP_PERIOD)
        return code


class CodeForm(_EachCodeOnce, AuthenticateForm):  # type: ignore[misc]  # allauth carries no types
    """The code that a sign-in asks for."""


class CodeAgainForm(_EachCodeOnce, ReauthenticateForm):  # type: ignore[misc]  # allauth carries no types
    """The code that is asked for before something delicate."""


class RulesForm(forms.Form):
    """Which roles need a second factor."""

    roles = forms.MultipleChoiceField(
        label=_("A second factor is needed by"),
        choices=Role.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
