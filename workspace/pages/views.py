"""Pages of the shell itself: find anything, badges, theme, keys, and the developers' page of all parts."""

from http import HTTPStatus

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from workspace import subjects
from workspace.http import SignedInRequest
from workspace.pages import actions, finding, keyboard, policies, samples
from workspace.pages.navigation import badges_of, places_of

_HITS_A_KIND = 6


@require_safe
@vary_on_headers("HX-Request")
def find(request: SignedInRequest) -> HttpResponse:
    """Find anything: places of the navigation, and records of every searchable kind that the visitor may see."""
    text = request.GET.get("q", "").replace("\x00", "").strip()[: finding.LONGEST]
    hits = subjects.find(request.user, text, _HITS_A_KIND)
    context = {
        "text": text,
        "places": finding.places_called(text, places_of(request.user)),
        "groups": finding.by_kind(hits),
    }
    return render(request, "workspace/pages/_found.html" if request.htmx else "workspace/pages/find.html", context)


@require_safe
@never_cache
def badges(request: SignedInRequest) -> HttpResponse:
    """What waits for the visitor, as counts that htmx puts beside the places of the navigation."""
    return render(request, "workspace/pages/_badges.html", {"badges": badges_of(request.user)})


@require_POST
def theme(request: SignedInRequest) -> HttpResponse:
    """Set the visitor's theme: htmx changes the page in place, a plain form returns to where it stood."""
    chosen = request.POST.get("theme", "")
    try:
        actions.choose_theme(request.user, theme=chosen)
    except ValidationError as error:
        return HttpResponse(" ".join(error.messages), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if request.htmx:
        return HttpResponse(status=HTTPStatus.NO_CONTENT, headers={"HX-Trigger": f'{{"theme": "{chosen}"}}'})
    back = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return redirect(back if is_ours else "/")


@require_safe
@vary_on_headers("HX-Request")
def keys(request: SignedInRequest) -> HttpResponse:
    """All keys of the keyboard."""
    template = "workspace/pages/_keys.html" if request.htmx else "workspace/pages/keys.html"
    return render(request, template, {"groups": keyboard.GROUPS})


@require_safe
def kit(request: SignedInRequest) -> HttpResponse:
    """Every part with its variants: for developers, and for administrators who wonder what a sign means."""
    if not policies.may_see_kit(request.user):
        raise PermissionDenied(_("The parts of the pages are shown to administrators."))
    return render(request, "workspace/pages/kit.html", samples.context())
