"""What the views of a record share: the one way to a row, to carry out an act, and to answer it."""

from collections.abc import Callable
from http import HTTPStatus

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django_htmx.http import reswap, retarget, trigger_client_event

from leads.records import actions, policies
from leads.records.forms import ActForm, DoneForm, EditForm
from leads.records.models import Company, Lead
from leads.records.presenters import collisions
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


def single(request: SignedInRequest, pk: int, place: TimelinePlace) -> SingleView:
    """The lead's page as it is now; 404 when the visitor may not see it, or it has gone."""
    lead = get_object_or_404(Lead.objects.visible_to(request.user).for_page(), pk=pk)
    return SingleView(request, lead, place, timezone.now())


def said_of(form: EditForm) -> str:
    """What the status line says after an edit."""
    return _("Left as it was.") if form.is_keeping and not form.changed_data else _("Saved.")


def goes_through(form: ActForm, act: Callable[[], object]) -> bool:
    """Whether the form is whole and its act went through; what is wrong stands in the form. 404 where the lead has gone."""
    if not form.is_valid():
        return False
    try:
        act()
    except ValidationError as error:
        form.take(error)
    except Lead.DoesNotExist as error:  # deleted between our look and the act's lock
        raise Http404 from error
    return not form.errors


def is_written(form: EditForm, act: Callable[[], object]) -> bool:
    """As `goes_through`, of an edit: what somebody else wrote meanwhile to the same fields stands in the form, too."""
    try:
        return goes_through(form, act)
    except actions.ChangedMeanwhile as error:
        form.record, form.collision = error.record, error
        return False


def ask_fields(
    request: SignedInRequest, record: Lead | Company, form: EditForm, *, whole: str, slug: str = ""
) -> HttpResponse:
    """Draw the form of one fact (`slug`) in its place for htmx, else that of all fields as a page.

    `whole` is the id of the part that a cancelled edit redraws.
    """
    template = "leads/records/facts/_fact_form.html" if slug and request.htmx else "leads/records/facts/edit.html"
    context = {
        "lead": record,
        "form": form,
        "collisions": collisions.told(form.collision),
        "form_url": request.path,
        "page_url": record.get_absolute_url(),
        "slug": slug,
        "whole": whole,
    }
    return render(request, template, context, status=form.status)


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


def is_finished(request: SignedInRequest, lead: Lead, form: DoneForm) -> bool:
    """Whether the next step that the form was drawn for is ticked off."""

    def finish() -> None:
        text = form.cleaned_data["text"]
        actions.finish_next_step(lead, by=request.user, at=timezone.now(), text=text, seen=form.seen)

    return is_written(form, finish)


def ask_done(request: SignedInRequest, lead: Lead, form: DoneForm) -> HttpResponse:
    """How did the next step go? Where another one was set meanwhile, it is asked anew, of that one."""
    stored = form.collision.record if form.collision else lead
    step = stored.next_step if isinstance(stored, Lead) else ""
    context: dict[str, object] = {
        "title": _("Done: %s") % step if step else _("Done"),
        "form": form,
        "act": _("Done"),
        "conflict": _("The next step is another one by now: %s") % step if form.collision else "",
    }
    return ask(request, lead, "leads/records/acts/_done_fields.html", context, status=form.status)


def done(request: SignedInRequest, pk: int, notice: str, *, focus: str = "") -> HttpResponse:
    """After an act: htmx gets the whole lead as it is now and closes the sheet, a plain form returns to the page.

    `focus` is the id of the element that takes the focus, so that the keyboard goes on where it was.
    """
    if not request.htmx:
        notices.tell(request, notice)
        return redirect("records:lead", pk)
    context = {"view": single(request, pk, TimelinePlace()), "notice": notice, "focus": focus}
    response = render(request, "leads/records/lead/_lead.html", context)
    return trigger_client_event(retarget(reswap(response, "outerHTML"), "#lead"), "sheet:close")
