"""Merging two leads: finding the other one, choosing fact by fact, and undoing it."""

from http import HTTPStatus

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from leads.records import alike, policies
from leads.records.actions import merging
from leads.records.actions.merging import MergedMeanwhile
from leads.records.models import Lead, Merge
from leads.records.presenters.merging import MergeView, OtherView, asked_of
from workspace.http import SignedInRequest
from workspace.pages import notices

_MOST_DIGITS = 18


@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: SignedInRequest, pk: int) -> HttpResponse:
    """Find the other lead, then see both side by side and choose; afterwards the survivor's page, with a way back."""
    survivor = _lead_or_404(request, pk)
    if not policies.may_merge(request.user):
        raise PermissionDenied(_("You may look at leads, but not merge them."))
    other = _other(request)
    if other is None:
        view = OtherView(request, survivor, timezone.now())
        return render(request, "leads/records/merge/find.html", {"view": view})
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        try:
            made = merging.merge(survivor, other, by=request.user, at=timezone.now(), choices=asked_of(request.POST))
        except ValidationError as error:
            errors = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        except Lead.DoesNotExist as error:  # deleted for good between our look and the lock
            raise Http404 from error
        else:
            undo_url = reverse("records:unmerge", args=[pk, made.pk])
            notices.tell(request, _("%s was merged into this lead.") % other, undo_url=undo_url)
            return redirect("records:lead", pk)
    view_of_both = MergeView(survivor, other, asked_of(request.POST), errors)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK
    return render(request, "leads/records/merge/merge.html", {"view": view_of_both}, status=status)


def _lead_or_404(request: SignedInRequest, pk: int) -> Lead:
    return get_object_or_404(Lead.objects.visible_to(request.user).for_page(), pk=pk)


def _other(request: SignedInRequest) -> Lead | None:
    """The other lead of the address, by its present id.

    Raises:
        Http404: there is none.
        MergedMeanwhile: it went into another one.
    """
    given = request.GET.get("with", "")
    if not given:
        return None
    if not (given.isascii() and given.isdigit() and len(given) <= _MOST_DIGITS):
        raise Http404
    pk = int(given)
    survivor = Lead.objects.survivor_of(pk)
    if survivor is not None:
        raise MergedMeanwhile(pk, _lead_or_404(request, survivor))
    return _lead_or_404(request, pk)


@require_POST
def unmerge(request: SignedInRequest, pk: int, merge: int) -> HttpResponse:
    """Part the two again; why that is not possible is said on the survivor's page."""
    survivor = _lead_or_404(request, pk)
    made = get_object_or_404(Merge.objects.select_related("merged"), pk=merge, survivor=survivor)
    try:
        merging.undo(made, by=request.user, at=timezone.now())
    except ValidationError as error:
        notices.tell(request, " ".join(error.messages))
    else:
        words = _("%(other)s is a lead of its own again. What happened since stays with %(survivor)s.")
        notices.tell(request, words % {"other": made.merged, "survivor": survivor})
    return redirect(survivor)


@require_safe
def like(request: SignedInRequest) -> HttpResponse:
    """Leads that may be the one that is being written down, for the form of a new one while it is typed."""
    found = alike.find(request.user, request.GET.dict())
    return render(request, "leads/records/facts/_alike.html", {"found": found})
