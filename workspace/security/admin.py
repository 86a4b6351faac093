"""The administration without allauth's own tables: secrets are nobody's to read, and all else has its action."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect


def security_page(_request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:
    """Where a password is changed: the administration's own page would neither tell the journal nor end other sessions."""
    return redirect("security:index")


admin.site.password_change = security_page  # type: ignore[method-assign,assignment]  # its one view that is not ours
for model in (Authenticator, EmailAddress, SocialAccount, SocialApp, SocialToken, UserSession):
    if admin.site.is_registered(model):
        admin.site.unregister(model)
