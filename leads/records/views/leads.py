"""The list of leads with its counts and its filters, and the form of a new lead."""

from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from leads.records import actions, custom, policies
from leads.records.forms import NewLeadForm
from leads.records.models import Lead
from leads.records.presenters.lead_list import LeadList
from leads.records.presenters.walk import Walk
from leads.records.views.lists import show_filters, show_list
from workspace.http import SignedInRequest
from workspace.pages import notices


@require_safe
@vary_on_headers("HX-Request")
def leads(request: SignedInRequest) -> HttpResponse:
    """The list: a page, for htmx the part that changes, or more rows for the row that asked for them."""
    return show_list(
        request,
        LeadList(request, timezone.now()),
        page="leads/records/lists/leads.html",
        part="leads/records/lists/_leads.html",
        rows="leads/records/lists/_rows.html",
    )


@require_safe
def counts(request: SignedInRequest) -> HttpResponse:
    """The numbers beside title and tabs, which htmx asks for after the page."""
    listing = LeadList(request, timezone.now())
    numbers = listing.tab_counts()
    whole = numbers[listing.tab]
    context = {"numbers": numbers, "whole": whole, "here": listing.count() if listing.is_narrowed else whole}
    return render(request, "leads/records/lists/_counts.html", {"listing": listing, **context})


@require_safe
def walk(request: SignedInRequest, pk: int) -> HttpResponse:
    """Which one a lead is in the list from which it was opened, which htmx asks for after the lead's page."""
    number, total = Walk(request, pk, timezone.now()).counts()
    return render(request, "leads/records/lead/_walk_counts.html", {"number": number, "total": total})


@require_safe
@vary_on_headers("HX-Request")
def filter_form(request: SignedInRequest) -> HttpResponse:
    """All filters of the list in one form, which leads back to the list."""
    return show_filters(request, LeadList(request, timezone.now()), "lead")


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    """A new lead in a short form; afterwards its page."""
    if not policies.may_create(request.user):
        raise PermissionDenied(_("You may look at leads, but not make new ones."))
    required = {key: one for key, one in custom.definitions("lead").items() if one.is_required}
    data = request.POST if request.method == "POST" else None
    form = NewLeadForm(data, required=required, initial=_mine(request))
    lead = _created(request, form) if form.is_bound and form.is_valid() else None
    if lead is not None:
        notices.tell(request, _("%s is in the workspace.") % lead)
        return redirect(lead)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "leads/records/facts/new.html", {"form": form}, status=status)


def _mine(request: SignedInRequest) -> dict[str, Any]:
    """Whoever makes a lead looks after it: as its owner in sales, as its marketer in marketing."""
    roles = {"S": "owner", "M": "marketer"}
    return {roles[letter]: request.user.pk for letter in request.user.department_keys}


def _created(request: SignedInRequest, form: NewLeadForm) -> Lead | None:
    """The lead with its next step, or nothing of both; what is wrong stands in the form."""
    now, given = timezone.now(), form.cleaned_data
    try:
        with transaction.atomic():
            lead = actions.create(form.values(), by=request.user, at=now)
            if form.has_step:
                due_at = given["next_step_at"]
                lead = actions.set_next_step(lead, given["next_step"], due_at=due_at, by=request.user, at=now)
    except ValidationError as error:
        form.take(error)
        return None
    return lead
