"""Choosing the columns of the list of leads."""

from http import HTTPStatus

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from leads.records import actions
from leads.records.forms.columns import ColumnsForm
from leads.records.presenters.lead_list import LeadList
from workspace.http import SignedInRequest
from workspace.pages import notices


@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
def choose(request: SignedInRequest) -> HttpResponse:
    """All columns in one form; saved, they are those of the visitor's lists, and the list is shown with them."""
    listing = LeadList(request, timezone.now())
    data = request.POST if request.method == "POST" else None
    form = ColumnsForm(listing.around.known, listing.chosen, data)
    if data is None or form.is_moving:
        return _ask(request, listing, form)
    try:
        actions.choose_columns(request.user, [] if "usual" in data else form.chosen)
    except ValidationError as error:
        return _ask(request, listing, form, " ".join(error.messages))
    notices.tell(request, _("The columns are as you chose them."))
    return redirect(listing.url)


def _ask(request: SignedInRequest, listing: LeadList, form: ColumnsForm, error: str = "") -> HttpResponse:
    template = "leads/records/columns/_sheet.html" if request.htmx else "leads/records/columns/page.html"
    status = HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK
    return render(request, template, {"listing": listing, "form": form, "error": error}, status=status)
