"""Whoever owes a second factor sets one up before anything else; sessions know when they were last seen."""

import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

from allauth.usersessions.models import UserSession
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from workspace.api.problems import problem
from workspace.http import SignedInRequest
from workspace.security import policies

Respond = Callable[[HttpRequest], HttpResponse]


class SecondFactorMiddleware:
    """Leads whoever owes a second factor to the page that sets one up, from everywhere but these addresses.

    Public pages, signing out among them, are free. Access tokens are unaffected; the API answers a session with a problem.
    """

    FREE: Final = frozenset(
        {
            "security:demanded",
            "mfa_activate_totp",
            "mfa_add_webauthn",
            "account_reauthenticate",
            "mfa_reauthenticate",
            "mfa_reauthenticate_webauthn",
            "pages:theme",
        }
    )

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, _args: Any, _kwargs: Any) -> HttpResponse | None:
        is_api = request.path_info.startswith("/api/")
        if (is_api and _bears_token(request)) or (not is_api and not getattr(view, "login_required", True)):
            return None
        match = request.resolver_match
        if match is not None and match.view_name in self.FREE:
            return None
        if not request.user.is_authenticated or not policies.owes_second_factor(request, request.user):
            return None
        if is_api:
            words = _("Your role needs a second factor. Sign in on a page and set one up.")
            return problem(HTTPStatus.FORBIDDEN, words, kind="urn:smarketing:second-factor-demanded")
        return _lead(request, reverse("security:demanded"))


def _bears_token(request: HttpRequest) -> bool:
    return request.headers.get("Authorization", "").lower().startswith("bearer ")


def _lead(request: HttpRequest, url: str) -> HttpResponse:
    return HttpResponseClientRedirect(url) if request.headers.get("HX-Request") == "true" else redirect(url)


class LastSeenMiddleware:
    """Keeps device, address and time of each session, to five minutes: between, a request costs nothing."""

    RESOLUTION_SECONDS: Final = 300
    KEY: Final = "security.seen_at"

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: SignedInRequest) -> HttpResponse:
        if request.user.is_authenticated and self._is_stale(request):
            UserSession.objects.create_from_request(request)
            self.mark(request)
        return self.get_response(request)

    @classmethod
    def mark(cls, request: HttpRequest) -> None:
        """Say that this session is seen now."""
        request.session[cls.KEY] = int(time.time())

    def _is_stale(self, request: HttpRequest) -> bool:
        seen_at: int = request.session.get(self.KEY, 0)
        return abs(time.time() - seen_at) > self.RESOLUTION_SECONDS
