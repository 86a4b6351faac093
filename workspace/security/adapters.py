"""What allauth may do here: no public sign-up, sealed secrets, single sign-on for people who are here already."""

import time
from typing import Any

from allauth.account import app_settings as account_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, _build_apps_from_settings
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workspace import sealing
from workspace.pages.options import WORKSPACE_NAME
from workspace.people.models import Person
from workspace.security import actions, devices, policies
from workspace.security.factors import KINDS

_STAGES = {"allauth.mfa.stages.AuthenticateStage": "workspace.security.stages.SecondFactorStage"}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth carries no types
    """People come by invitation only; whether by a password, the operator says."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": gettext_lazy("This address and this password do not belong together. Try again."),
        "no_passwords": gettext_lazy("Nobody signs in by password here. Use single sign-on."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Person | None:
        if not settings.PASSWORD_SIGN_IN:
            raise self.validation_error("no_passwords")
        person: Person | None = super().authenticate(request, **credentials)
        return person

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Tell the journal of wrong passwords of people who are here; throttles keep it from being flooded."""
        person = Person.objects.filter(email__iexact=credentials.get("email", "")).first()
        if person is not None:
            ip = self.get_client_ip(request)
            actions.tell("security.refused", person, by=None, at=timezone.now(), what=_("password"), ip=ip)

    def login(self, request: HttpRequest, user: Person) -> None:
        """Begin the session, unless somebody was let go while they looked for their second factor."""
        if not user.is_active:
            raise ImmediateHttpResponse(self.respond_user_inactive(request, user))
        super().login(request, user)

    def get_login_stages(self) -> list[str]:
        return [_STAGES.get(stage, stage) for stage in super().get_login_stages()]

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return [method for method in methods if settings.PASSWORD_SIGN_IN or method["id"] != "reauthenticate"]

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not within a few minutes of signing in, and not of somebody who could not: single sign-on asked them."""
        request = context.request
        newest = max((record["at"] for record in get_authentication_records(request, request.user)), default=0.0)
        is_recent = time.time() - newest < account_settings.REAUTHENTICATION_TIMEOUT
        return not is_recent and bool(self.get_reauthentication_methods(request.user))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("security:index")


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth carries no types
    """Secrets are sealed, and the last factor stays while one is demanded."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": gettext_lazy(
            "Your role needs a second factor, and this is your last. Set up another one first."
        ),
        "incorrect_code": gettext_lazy("That did not fit. Try again with a new code."),
        "unreadable": gettext_lazy("Your second factor cannot be read any more. Ask an administrator to reset it."),
    }

    def get_totp_issuer(self) -> str:
        return WORKSPACE_NAME.get()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": WORKSPACE_NAME.get()}

    def generate_authenticator_name(self, user: Person, type: str) -> str:
        return devices.describe(context.request.headers.get("User-Agent", ""))

    def encrypt(self, text: str) -> str:
        return sealing.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return sealing.unseal(encrypted_text)
        except sealing.Unreadable as error:
            raise self.validation_error("unreadable") from error

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Whether another factor is left, or none is demanded. Costs two queries at most."""
        if not policies.is_second_factor_demanded(authenticator.user):
            return True
        others = Authenticator.objects.filter(user=authenticator.user, type__in=KINDS).exclude(pk=authenticator.pk)
        return bool(others.exists())


class SingleSignOnAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth carries no types
    """Whoever the company's provider vouches for comes in, if they are here already. Configured by environment only."""

    def list_apps(self, request: HttpRequest, provider: Any = None, client_id: Any = None) -> list[Any]:
        found = _build_apps_from_settings(provider=provider, client_id=client_id)
        return [app for apps in found.values() for app in apps]

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Link the sign-in of a colleague by their address, or send a stranger to an administrator.

        Linking by hand is not offered: whoever makes a colleague's browser do so would have a key to their account.
        """
        if sociallogin.state.get("process") != "login":
            raise ImmediateHttpResponse(redirect("security:index"))
        if not _speaks_of_one(sociallogin.account.extra_data):
            raise ImmediateHttpResponse(render(request, "socialaccount/authentication_error.html", status=401))
        if sociallogin.is_existing:
            return
        person = self._colleague(sociallogin)
        if person is None:
            raise ImmediateHttpResponse(_stranger(request, sociallogin))
        sociallogin.connect(request, person)

    def _colleague(self, sociallogin: Any) -> Person | None:
        """Whom a verified address of the provider belongs to. Some providers write the word instead of the truth."""
        verified = [one.email for one in sociallogin.email_addresses if one.verified in (True, "true")]
        found: Person | None = Person.objects.active().filter(email__in=[email.lower() for email in verified]).first()
        return found


def _speaks_of_one(told: Any) -> bool:
    """Whether the token and the provider's further answer are about the same subject, as OpenID Connect demands."""
    subjects = {part["sub"] for key in ("id_token", "userinfo") if (part := told.get(key)) and "sub" in part}
    return len(subjects) == 1


def _stranger(request: HttpRequest, sociallogin: Any) -> HttpResponse:
    addresses = [one.email for one in sociallogin.email_addresses]
    provider = sociallogin.provider.name
    return render(
        request, "socialaccount/stranger.html", {"address": next(iter(addresses), ""), "provider": provider}, status=403
    )
