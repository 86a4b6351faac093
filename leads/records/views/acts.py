"""What one does with a lead from its page: move it, log a talk, set and finish the next step, open the next deal."""

from http import HTTPStatus

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from leads.records import actions
from leads.records.actions import Talk
from leads.records.forms import ActForm, DoneForm, EditForm, MoveForm, NextDealForm, NextStepForm, TalkForm
from leads.records.models import Lead
from leads.records.presenters import collisions
from leads.records.presenters.place import TimelinePlace
from leads.records.presenters.single import SingleView
from leads.records.views.shared import (
    ask,
    ask_done,
    done,
    goes_through,
    is_finished,
    is_written,
    lead_to_change,
    single,
)
from workspace.http import SignedInRequest

_LOGGED = {
    Talk.NOTE: gettext_lazy("Note saved."),
    Talk.CALL: gettext_lazy("Call logged."),
    Talk.MAIL: gettext_lazy("Mail logged."),
    Talk.MEETING: gettext_lazy("Meeting logged."),
}
_LOG = {
    Talk.NOTE: gettext_lazy("Write a note"),
    Talk.CALL: gettext_lazy("Log a call"),
    Talk.MAIL: gettext_lazy("Log a mail"),
    Talk.MEETING: gettext_lazy("Log a meeting"),
}


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: SignedInRequest, pk: int) -> HttpResponse:
    """Move the lead from the stage in which the visitor saw it; who comes second is shown where it is (409)."""
    lead = lead_to_change(request, pk)
    if request.method != "POST":
        return _ask_move(request, lead, MoveForm(lead))
    form = MoveForm(lead, request.POST)
    if not form.is_valid():
        return _ask_move(request, lead, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    to, given = form.cleaned_data["to"], form.cleaned_data
    told = {"seen_in": given["seen_in"], "reason": form.reason(), "reason_text": given["reason_text"]}
    try:
        moved = actions.move(lead, to, by=request.user, at=timezone.now(), **told)
    except ValidationError as error:
        form.take(error)
        return _ask_move(request, lead, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except Lead.DoesNotExist as error:  # deleted between our look and the act's lock
        raise Http404 from error
    except actions.MovedElsewhere as error:
        return HttpResponseClientRedirect(error.url) if request.htmx else redirect(error.url)
    except actions.MovedMeanwhile as error:
        return _ask_move(request, error.lead, MoveForm(error.lead), status=HTTPStatus.CONFLICT, conflict=str(error))
    return done(request, pk, _("Moved to %s.") % moved.stage, focus="act-move")


def _ask_move(
    request: SignedInRequest,
    lead: Lead,
    form: MoveForm,
    *,
    status: HTTPStatus = HTTPStatus.OK,
    conflict: str = "",
) -> HttpResponse:
    """The form of a move; after a conflict with the lead as it is now, on the page behind the sheet as well."""
    context: dict[str, object] = {
        "title": _("Move %s") % lead,
        "form": form,
        "act": _("Move"),
        "conflict": conflict,
        "view": SingleView(request, lead, TimelinePlace(), timezone.now()) if conflict else None,
    }
    return ask(request, lead, "leads/records/acts/_move_fields.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def talk(request: SignedInRequest, pk: int, way: str) -> HttpResponse:
    """Write down a call, mail, meeting or note."""
    if way not in Talk.values:
        raise Http404
    kind, lead, now = Talk(way), lead_to_change(request, pk), timezone.now()
    form = TalkForm(kind, request.POST if request.method == "POST" else None, now=now)
    if form.is_bound and goes_through(
        form, lambda: actions.log_talk(lead, kind, by=request.user, at=timezone.now(), **form.told())
    ):
        focus = "note" if request.htmx.trigger == "note-form" else f"act-{kind.value}"
        return done(request, pk, str(_LOGGED[kind]), focus=focus)
    return _ask(request, lead, "leads/records/acts/_talk_fields.html", form, title=str(_LOG[kind]), act=_("Save"))


@require_http_methods(["GET", "HEAD", "POST"])
def next_step(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say what comes next and when; a button for a usual moment saves it with that moment."""
    lead, now = lead_to_change(request, pk), timezone.now()
    form = NextStepForm(lead, request.POST if request.method == "POST" else None, now=now)
    if form.is_bound and is_written(form, lambda: _set_next_step(request, lead, form)):
        return done(request, pk, _("Next step set."), focus="act-step")
    return _ask(request, lead, "leads/records/acts/_step_fields.html", form, title=_("Next step"), act=_("Save"))


def _set_next_step(request: SignedInRequest, lead: Lead, form: NextStepForm) -> Lead:
    text, due_at = form.cleaned_data["next_step"], form.due_at(request.POST.get("quick", ""))
    return actions.set_next_step(lead, text, due_at=due_at, by=request.user, at=timezone.now(), seen=form.seen)


@require_http_methods(["GET", "HEAD", "POST"])
def finish_next_step(request: SignedInRequest, pk: int) -> HttpResponse:
    """Tick the next step off, with a word on how it went."""
    lead = lead_to_change(request, pk)
    form = DoneForm(lead, request.POST if request.method == "POST" else None)
    if form.is_bound and is_finished(request, lead, form):
        return done(request, pk, _("Done. What comes next?"), focus="act-step")
    return ask_done(request, lead, form)


@require_http_methods(["GET", "HEAD", "POST"])
def next_deal(request: SignedInRequest, pk: int) -> HttpResponse:
    """Open the next deal of somebody who comes back."""
    lead = lead_to_change(request, pk)
    form = NextDealForm(request.POST if request.method == "POST" else None)
    if form.is_bound and goes_through(
        form,
        lambda: actions.open_next_deal(lead, stage=form.cleaned_data["stage"], by=request.user, at=timezone.now()),
    ):
        return done(request, pk, _("The next deal is open."), focus="act-move")
    title = _("Open the next deal of %s") % lead
    return _ask(request, lead, "leads/records/acts/_deal_fields.html", form, title=title, act=_("Open the deal"))


def _ask(request: SignedInRequest, lead: Lead, body: str, form: ActForm, *, title: str, act: str) -> HttpResponse:
    """The form of an act; after a collision with what somebody wrote, and the lead as it is now on the page behind the sheet."""
    context: dict[str, object] = {"title": title, "form": form, "act": act}
    if isinstance(form, EditForm) and form.collision is not None:
        context |= {
            "conflict": str(form.collision),
            "collisions": collisions.told(form.collision),
            "view": single(request, lead.pk, TimelinePlace()),
        }
        return ask(request, lead, body, context, status=HTTPStatus.CONFLICT)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return ask(request, lead, body, context, status=status)
