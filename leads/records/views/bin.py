"""The bin: its page, putting a lead into it, and taking it out again."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from leads.records import policies
from leads.records.actions import binning
from leads.records.models import Lead
from leads.records.presenters.bin import BinList
from workspace.http import SignedInRequest
from workspace.pages import notices


@require_safe
def leads_bin(request: SignedInRequest) -> HttpResponse:
    """What was taken out, the last first."""
    return render(request, "leads/records/bin/bin.html", {"listing": BinList(request)})


@require_POST
def put_into_bin(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take the lead out, and offer to take that back."""
    lead = get_object_or_404(Lead.objects.visible_to(request.user), pk=pk)
    _demand(request)
    try:
        binning.put_into_bin(lead, by=request.user, at=timezone.now())
    except Lead.DoesNotExist as error:  # somebody was first, between our look and the lock
        raise Http404 from error
    notices.tell(request, _("%s lies in the bin.") % lead, undo_url=reverse("records:restore", args=[pk]))
    return redirect("records:leads")


@require_POST
def restore(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a lead out of the bin; where its address is taken by now, the bin says by whom."""
    lead = get_object_or_404(Lead.objects.in_bin_visible_to(request.user), pk=pk)
    _demand(request)
    try:
        restored = binning.restore(lead, by=request.user, at=timezone.now())
    except ValidationError as error:
        notices.tell(request, " ".join([_("%s stays in the bin.") % lead, *error.messages]))
        return redirect("records:bin")
    except Lead.DoesNotExist as error:  # somebody was first, between our look and the lock
        raise Http404 from error
    notices.tell(request, _("%s is back.") % restored)
    return redirect(restored)


def _demand(request: SignedInRequest) -> None:
    if not policies.may_remove(request.user):
        raise PermissionDenied(_("You may look at leads, but not remove them."))
