"""Choosing the columns of the list of leads."""

from http import HTTPStatus

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from leads.records import actions
from leads.records.columns import Chosen
from leads.records.forms.columns import ColumnsForm
from leads.records.models import Segment
from leads.records.presenters.lead_list import LeadList
from workspace.http import SignedInRequest
from workspace.pages import notices


@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
def choose(request: SignedInRequest) -> HttpResponse:
    """All columns in one form. Saved, they are those of the saved list on which one stands, else of all of the visitor's own."""
    listing = LeadList(request, timezone.now(), request.GET)
    if listing.saved is not None and not listing.saved.may_change:
        raise PermissionDenied(_("These columns are of a list that is not yours. Save it under a name of your own."))
    data = request.POST if request.method == "POST" else None
    form = ColumnsForm(listing.around.known, listing.chosen, data)
    if data is None or form.is_moving:
        return _ask(request, listing, form)
    try:
        _keep(request, listing, [] if "usual" in data else form.chosen)
    except ValidationError as error:
        return _ask(request, listing, form, " ".join(error.messages))
    except Segment.DoesNotExist as error:  # deleted between our look and the lock
        raise Http404 from error
    notices.tell(request, _("The columns are as you chose them."))
    return redirect(listing.url)


def _keep(request: SignedInRequest, listing: LeadList, chosen: Chosen) -> None:
    if listing.saved is None:
        actions.choose_columns(request.user, chosen)
    else:
        actions.change_segment(listing.saved.segment, {"columns": chosen}, by=request.user, at=timezone.now())


def _ask(request: SignedInRequest, listing: LeadList, form: ColumnsForm, error: str = "") -> HttpResponse:
    template = "leads/records/columns/_sheet.html" if request.htmx else "leads/records/columns/page.html"
    status = HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK
    return render(request, template, {"listing": listing, "form": form, "error": error}, status=status)
