"""One's own security page, the page that demands a second factor, and the rules of signing in."""

import logging
from collections.abc import Callable
from http import HTTPStatus

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import flows
from allauth.mfa.webauthn.views import RemoveWebAuthnView
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.openid_connect import views as provider_views
from allauth.usersessions.models import UserSession
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from requests import RequestException

from workspace.http import SignedInRequest
from workspace.pages.notices import tell
from workspace.people.policies import may_administer_people
from workspace.people.roles import Role
from workspace.security import actions, policies, presenters
from workspace.security.adapters import MfaAdapter
from workspace.security.forms import RulesForm
from workspace.security.options import SECOND_FACTOR_ROLES

logger = logging.getLogger(__name__)


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """How the visitor signs in: passkeys, authenticator app, recovery codes, password, devices, and what happened."""
    person = request.user
    context = {
        "factors": presenters.factors_of(person),
        "is_demanded": policies.is_second_factor_demanded(person),
        "devices": presenters.devices_of(person, request.session.session_key, timezone.now()),
        "accounts": SocialAccount.objects.filter(user=person).order_by("pk"),
        "events": presenters.events_of(person),
    }
    return render(request, "workspace/security/index.html", context)


@require_safe
def demanded(request: SignedInRequest) -> HttpResponse:
    """Say that the visitor's role needs a second factor, and offer both; who has one goes on to the first page."""
    if not policies.owes_second_factor(request, request.user):
        return redirect("home")
    return render(request, "workspace/security/demanded.html")


@require_POST
def end_session(request: SignedInRequest, pk: int) -> HttpResponse:
    """Sign one of the visitor's devices out."""
    session = get_object_or_404(UserSession.objects.filter(user=request.user), pk=pk)
    actions.end_session(session, by=request.user, at=timezone.now())
    tell(request, _("That device is signed out."))
    return redirect("security:index")


@require_POST
def end_others(request: SignedInRequest) -> HttpResponse:
    """Sign the visitor out everywhere but here."""
    keep = request.session.session_key or ""
    ended = actions.end_sessions(request.user, by=request.user, at=timezone.now(), keep=keep)
    tell(request, ngettext("%d other device is signed out.", "%d other devices are signed out.", ended) % ended)
    return redirect("security:index")


@require_POST
def unlink(request: SignedInRequest, pk: int) -> HttpResponse:
    """Part the visitor's sign-in from that at the provider."""
    account = get_object_or_404(SocialAccount.objects.filter(user=request.user), pk=pk)
    try:
        actions.unlink(account, by=request.user, at=timezone.now())
    except ValidationError as error:
        tell(request, " ".join(error.messages))
    else:
        tell(request, _("Unlinked. The next single sign-on links it again."))
    return redirect("security:index")


@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: SignedInRequest) -> HttpResponse:
    """Which roles need a second factor, and who of them has none yet: for administrators."""
    if not may_administer_people(request.user):
        raise PermissionDenied(_("Only administrators decide how people sign in."))
    is_posted = request.method == "POST"
    form = RulesForm(request.POST if is_posted else None, initial={"roles": SECOND_FACTOR_ROLES.get()})
    if is_posted and form.is_valid():
        roles = [Role(role) for role in form.cleaned_data["roles"]]
        actions.demand_of(roles, by=request.user, at=timezone.now())
        tell(request, _("Saved."))
        return redirect("security:rules")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"form": form, "rows": list(zip(form["roles"], presenters.readiness(), strict=True))}
    return render(request, "workspace/security/rules.html", context, status=status)


def _by_provider(request: HttpRequest, provider_id: str, step: Callable[..., HttpResponse]) -> HttpResponse:
    """Take a step of single sign-on; where the provider is away or answers nonsense, say so."""
    try:
        return step(request, provider_id)
    except (RequestException, KeyError):
        logger.warning("The single sign-on did not answer as it should", exc_info=True)
        return render(request, "socialaccount/authentication_error.html", status=HTTPStatus.SERVICE_UNAVAILABLE)


@login_not_required
def begin_single_sign_on(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Lead to the provider."""
    return _by_provider(request, provider_id, provider_views.login)


@login_not_required
def end_single_sign_on(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Let in whoever comes back from the provider."""
    return _by_provider(request, provider_id, provider_views.callback)


class RemovePasskeyView(RemoveWebAuthnView):  # type: ignore[misc]  # allauth carries no types
    """Removes a passkey, unless it is the last factor of somebody who needs one: allauth asks that of its app alone."""

    object: Authenticator

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        context: dict[str, object] = super().get_context_data(**kwargs)
        return context | {"is_kept": not MfaAdapter().can_delete_authenticator(self.object)}

    def form_valid(self, form: object) -> HttpResponse:
        adapter = MfaAdapter()
        if not adapter.can_delete_authenticator(self.object):
            raise PermissionDenied(str(adapter.error_messages["cannot_delete_authenticator"]))
        flows.remove_authenticator(self.request, self.object)
        return redirect("security:index")
