"""Who calls: the person of an access token, or of the browser's session."""

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import authentication, exceptions
from rest_framework.request import Request

from workspace.hooks import actions
from workspace.hooks.models import Token
from workspace.people.models import Person


class TokenAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer smk_…`; other schemes are left to whoever stands before us."""

    def authenticate(self, request: Request) -> tuple[Person, Token] | None:
        scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        token = actions.find(secret.strip(), at=timezone.now())
        if token is None:
            raise exceptions.AuthenticationFailed(_("This token is unknown, revoked or expired."))
        return token.person, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="smarketing"'


class SessionAuthentication(authentication.SessionAuthentication):
    """The session of somebody who is signed in on a page; what changes something needs the CSRF token."""
