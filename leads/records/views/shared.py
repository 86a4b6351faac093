"""What the views of one lead share: the one way to a row, and the one way to answer an act."""

from http import HTTPStatus

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django_htmx.http import reswap, retarget, trigger_client_event

from leads.records import policies
from leads.records.forms import EditForm
from leads.records.models import Lead
from leads.records.presenters.place import TimelinePlace
from leads.records.presenters.single import SingleView
from workspace.http import SignedInRequest
from workspace.pages import notices


def lead_to_change(request: SignedInRequest, pk: int) -> Lead:
    """The lead that the visitor is about to change: 404 when they may not see it, 403 when they may not change it."""
    lead = get_object_or_404(Lead.objects.visible_to(request.user).for_page(), pk=pk)
    if not policies.may_change(request.user):
        raise PermissionDenied(_("You may look at leads, but not change them."))
    return lead


def single(request: SignedInRequest, pk: int) -> SingleView:
    """The lead's page as it is now."""
    lead = get_object_or_404(Lead.objects.visible_to(request.user).for_page(), pk=pk)
    return SingleView(request, lead, TimelinePlace.of(request), timezone.now())


def said_of(form: EditForm) -> str:
    """What the status line says after an edit."""
    return _("Left as it was.") if form.is_keeping and not form.changed_data else _("Saved.")


def ask(
    request: SignedInRequest,
    lead: Lead,
    body: str,
    context: dict[str, object],
    *,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    """Draw the form of an act: in the sheet for htmx, else as a page of its own. `body` is the form's template."""
    template = "leads/records/acts/_act.html" if request.htmx else "leads/records/acts/act.html"
    response = render(request, template, {"lead": lead, "body": body, **context}, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def done(request: SignedInRequest, pk: int, notice: str, *, focus: str = "") -> HttpResponse:
    """After an act: htmx gets the whole lead as it is now and closes the sheet, a plain form returns to the page.

    `focus` is the id of the element that takes the focus, so that the keyboard goes on where it was.
    """
    if not request.htmx:
        notices.tell(request, notice)
        return redirect("records:lead", pk)
    view = SingleView(request, Lead.objects.for_page().get(pk=pk), TimelinePlace(), timezone.now())
    response = render(request, "leads/records/lead/_lead.html", {"view": view, "notice": notice, "focus": focus})
    return trigger_client_event(retarget(reswap(response, "outerHTML"), "#lead"), "sheet:close")
