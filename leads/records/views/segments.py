"""Saved lists: all of them, saving one, changing and deleting it, and opening Leads on it."""

from http import HTTPStatus

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from leads.records import actions, policies
from leads.records.forms.segments import SegmentForm
from leads.records.models import ListShape, Segment
from leads.records.presenters.lead_list import LeadList
from leads.records.presenters.saved import DEPARTED, SAVED
from leads.records.segmenting import TAB
from workspace.http import SignedInRequest
from workspace.pages import notices

_MOST_SHOWN = 500


@require_safe
def segments(request: SignedInRequest) -> HttpResponse:
    """Every saved list that the visitor sees: their own, and those that are shared with them."""
    rows = Segment.objects.visible_to(request.user).select_related("owner", "department").order_by("name", "pk")
    shown = [(one, policies.may_change_segment(request.user, one)) for one in rows[:_MOST_SHOWN]]
    context = {"segments": shown, "default": _default_of(request)}
    return render(request, "leads/records/segments/segments.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    """Save the list of the address: its filters, order and columns, under a name."""
    listing = LeadList(request, timezone.now(), request.GET)
    form = SegmentForm(request.user, request.POST if request.method == "POST" else None)
    made = _made(request, form, listing) if form.is_bound and form.is_valid() else None
    if made is not None:
        notices.tell(request, _("The list is saved as “%s”.") % made)
        return redirect(made)
    context = {"form": form, "listing": listing, "action": listing.save_url, "title": _("Save this list")}
    return render(request, "leads/records/segments/form.html", context, status=_status(form))


def _made(request: SignedInRequest, form: SegmentForm, listing: LeadList) -> Segment | None:
    values = {**form.values(), **_shown(listing), "columns": listing.chosen}
    try:
        segment = actions.create_segment(values, by=request.user, at=timezone.now())
    except ValidationError as error:
        form.take(error)
        return None
    if form.cleaned_data["is_default"]:
        actions.choose_default(request.user, segment)
    return segment


def _shown(listing: LeadList) -> dict[str, str]:
    """The filters and the order of a list, as a segment keeps them."""
    query = listing.saved.opened() if listing.saved else listing.query.copy()
    query[TAB] = listing.tab if listing.saved is None or listing.saved.is_departed else query.get(TAB, "all")
    for name in ("ordering", "cursor", SAVED, DEPARTED):
        query.pop(name, None)
    return {"query": query.urlencode(), "ordering": listing.order}


@require_http_methods(["GET", "HEAD", "POST"])
def segment(request: SignedInRequest, pk: int) -> HttpResponse:
    """How a saved list is called, and who sees it."""
    stored = _segment_to_change(request, pk)
    is_default = _default_of(request) == pk
    data = request.POST if request.method == "POST" else None
    form = SegmentForm(request.user, data, segment=stored, is_default=is_default)
    if form.is_bound and form.is_valid() and _is_changed(request, form, stored, is_default=is_default):
        notices.tell(request, _("Saved."))
        # Whoever gives somebody else's list back to its owner alone does not see it any more.
        is_seen = Segment.objects.visible_to(request.user).filter(pk=pk).exists()
        return redirect(stored if is_seen else "records:segments")
    context = {"form": form, "segment": stored, "action": request.path, "title": _("Saved list")}
    return render(request, "leads/records/segments/form.html", context, status=_status(form))


def _is_changed(request: SignedInRequest, form: SegmentForm, stored: Segment, *, is_default: bool) -> bool:
    try:
        changed = actions.change_segment(stored, form.values(), by=request.user, at=timezone.now())
    except ValidationError as error:
        form.take(error)
        return False
    except Segment.DoesNotExist as error:  # deleted between our look and the lock
        raise Http404 from error
    if form.cleaned_data["is_default"] != is_default:
        actions.choose_default(request.user, None if is_default else changed)
    return True


@require_POST
def keep(request: SignedInRequest, pk: int) -> HttpResponse:
    """Make the filters and the order of the address those of the saved list."""
    stored = _segment_to_change(request, pk)
    listing = LeadList(request, timezone.now(), request.GET)
    try:
        actions.change_segment(stored, _shown(listing), by=request.user, at=timezone.now())
    except ValidationError as error:
        notices.tell(request, _("Not saved. %s") % " ".join(error.messages))
        return redirect(listing.url)
    except Segment.DoesNotExist as error:  # deleted between our look and the lock
        raise Http404 from error
    notices.tell(request, _("“%s” shows these leads from now on.") % stored)
    return redirect(stored)


@require_POST
def default(request: SignedInRequest, pk: int) -> HttpResponse:
    """Open Leads on this list from now on, or no longer."""
    stored = get_object_or_404(Segment.objects.visible_to(request.user), pk=pk)
    was_default = _default_of(request) == pk
    actions.choose_default(request.user, None if was_default else stored)
    said = _("Leads opens on all open leads.") if was_default else _("Leads opens on “%s”.") % stored
    notices.tell(request, said)
    return redirect("records:segments")


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask once, then delete a saved list; its leads stay."""
    stored = _segment_to_change(request, pk)
    if request.method != "POST":
        return render(request, "leads/records/segments/delete.html", {"segment": stored})
    try:
        actions.delete_segment(stored, by=request.user, at=timezone.now())
    except Segment.DoesNotExist as error:  # somebody was first
        raise Http404 from error
    notices.tell(request, _("The list “%s” is deleted. Its leads are where they were.") % stored)
    return redirect("records:segments")


def _segment_to_change(request: SignedInRequest, pk: int) -> Segment:
    """404 for a list that the visitor does not see, 403 for one that is not theirs to change."""
    visible = Segment.objects.visible_to(request.user).select_related("owner", "department")
    stored = get_object_or_404(visible, pk=pk)
    if not policies.may_change_segment(request.user, stored):
        raise PermissionDenied(_("This list is somebody else’s. Save it under a name of your own."))
    return stored


def _default_of(request: SignedInRequest) -> int | None:
    return ListShape.objects.filter(person=request.user).values_list("default", flat=True).first()


def _status(form: SegmentForm) -> HTTPStatus:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
