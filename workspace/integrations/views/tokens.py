"""One's own access tokens: seen, made, shown once, revoked."""

from http import HTTPStatus

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from workspace import refusals
from workspace.api.viewsets import resources_for
from workspace.hooks import actions, policies
from workspace.hooks.models import Token
from workspace.http import SignedInRequest
from workspace.integrations.forms import TokenForm
from workspace.pages import notices

_ENDED_SHOWN = 20


@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: SignedInRequest) -> HttpResponse:
    """The visitor's tokens, and a form for a new one, whose secret is on this one answer and nowhere else."""
    if not policies.may_make(request.user, request.user):
        raise PermissionDenied(_("Your role makes no access tokens."))
    form = TokenForm(resources_for(request.user), request.POST if request.method == "POST" else None)
    made = _made(request, form) if form.is_bound and form.is_valid() else None
    if made is not None:
        form = TokenForm(resources_for(request.user))
    now, own = timezone.now(), Token.objects.filter(person=request.user).order_by("-created_at", "-pk")
    usable = list(own.usable(now))
    context = {
        "form": form,
        "made": made,
        "tokens": usable,
        "ended": own.exclude(pk__in=[token.pk for token in usable])[:_ENDED_SHOWN],
        "site": request.build_absolute_uri("/").rstrip("/"),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    response = render(request, "workspace/integrations/tokens.html", context, status=status)
    add_never_cache_headers(response)
    return response


def _made(request: SignedInRequest, form: TokenForm) -> tuple[Token, str] | None:
    """The new token with its secret; what is wrong stands in the form."""
    given, now = form.cleaned_data, timezone.now()
    try:
        return actions.create(
            request.user, name=given["name"], scopes=given["scopes"], days=form.term, by=request.user, at=now
        )
    except ValidationError as error:
        refusals.show(form, error)
        return None


@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask once, then end one of the visitor's tokens; whoever presses twice is told the same again."""
    token = get_object_or_404(Token.objects.filter(person=request.user), pk=pk)
    if request.method == "POST":
        actions.revoke(token, by=request.user, at=timezone.now())
        notices.tell(request, _("“%s” is revoked. Nobody comes in with it any more.") % token.name)
        return redirect("integrations:tokens")
    return render(request, "workspace/integrations/revoke.html", {"token": token})
