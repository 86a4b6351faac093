"""Pages of promises: the list, one of them, making one, and what is done with it."""

from collections.abc import Callable
from http import HTTPStatus

from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import BaseForm
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import reswap, retarget, trigger_client_event

from workspace import refusals
from workspace.commitments import actions, policies, presenters
from workspace.commitments.forms import PromiseForm, ReasonForm, WordForm
from workspace.commitments.models import Commitment
from workspace.http import SignedInRequest
from workspace.pages import navigation, notices


@require_safe
@vary_on_headers("HX-Request")
def promises(request: SignedInRequest) -> HttpResponse:
    """The list: a page, or for htmx more rows for the row that asked for them."""
    listing = presenters.PromiseList(request)
    template = "workspace/commitments/_rows.html" if request.htmx else "workspace/commitments/list.html"
    return render(request, template, {"listing": listing})


@require_safe
def commitment(request: SignedInRequest, pk: int) -> HttpResponse:
    """One promise: its clock, who owes it to whom, and what became of it so far."""
    one = _commitment_or_404(request, pk)
    context = {"row": presenters.rows_of([one], request.user, timezone.now())[0], "story": presenters.story(one)}
    return render(request, "workspace/commitments/commitment.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
def done(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say that it is done, in one click, or with a word to the other side."""
    one = _commitment_or_404(request, pk)
    if not policies.may_finish(request.user, one):
        raise PermissionDenied(_("Only who owes it says that it is done."))
    form, status = WordForm(one, _data(request)), None
    try:
        if form.is_bound and _goes_through(form, lambda: _finish(request, one, form.cleaned_data["text"])):
            return _answered(request, one, _("Done: %s") % one)
    except actions.Rewritten as conflict:
        form.add_error(None, _("%s. Nothing was marked as done; decide again.") % conflict)
        one, status = conflict.commitment, HTTPStatus.CONFLICT
    return _ask(request, one, form, title=_("Done: %s") % one, act=_("Done"), status=status)


def _finish(request: SignedInRequest, one: Commitment, text: str) -> Commitment:
    shown = request.POST.get("shown")
    return actions.finish(one, by=request.user, at=timezone.now(), text=text, shown=shown)


@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
def pause(request: SignedInRequest, pk: int) -> HttpResponse:
    """Stop the clock, with a reason."""
    one = _commitment_or_404(request, pk)
    if not policies.may_pause(request.user, one):
        raise PermissionDenied(_("Nobody stops their own clock; ask whom it is owed to."))
    form = ReasonForm(_data(request))
    if form.is_bound and _goes_through(
        form, lambda: actions.pause(one, by=request.user, at=timezone.now(), reason=form.cleaned_data["reason"])
    ):
        return _answered(request, one, _("The clock is paused; what was left of it is kept."))
    return _ask(request, one, form, title=_("Pause the clock of “%s”") % one, act=_("Pause"))


@require_POST
def resume(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let the clock run on."""
    one = _commitment_or_404(request, pk)
    try:
        actions.resume(one, by=request.user, at=timezone.now())
    except ValidationError as error:
        notices.tell(request, " ".join(error.messages))
        return redirect(one)
    return _answered(request, one, _("The clock runs on."))


@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
def cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let go of it, with a reason."""
    one = _commitment_or_404(request, pk)
    if not policies.may_cancel(request.user, one):
        raise PermissionDenied(_("Only whom it is owed to lets go of it."))
    form = ReasonForm(_data(request))
    if form.is_bound and _goes_through(
        form, lambda: actions.cancel(one, by=request.user, at=timezone.now(), reason=form.cleaned_data["reason"])
    ):
        return _answered(request, one, _("Let go: %s") % one)
    return _ask(request, one, form, title=_("Let go of “%s”") % one, act=_("Let go"))


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    """Promise something to the other department."""
    if not policies.may_promise(request.user):
        raise PermissionDenied(_("Who belongs to a department makes promises for it."))
    form = PromiseForm(request.user, _data(request))
    if form.is_bound and form.is_valid():
        try:
            made = actions.promise(**form.promised(), by=request.user, at=timezone.now())
        except ValidationError as error:
            form.take(error)
        else:
            navigation.forget_badges(request.user)
            notices.tell(request, _("Promised: %s") % made)
            return redirect(presenters.list_url(tab="mine" if made.debtor_id == request.user.pk else "ours"))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "workspace/commitments/new.html", {"form": form}, status=status)


@require_POST
def start_clocks(request: SignedInRequest) -> HttpResponse:
    """End practice mode."""
    actions.start_clocks(by=request.user, at=timezone.now())
    notices.tell(request, _("The clocks run for real from now on."))
    return redirect("commitments:list")


def _commitment_or_404(request: SignedInRequest, pk: int) -> Commitment:
    return get_object_or_404(Commitment.objects.visible_to(request.user).with_people(), pk=pk)


def _data(request: SignedInRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _goes_through(form: BaseForm, act: Callable[[], object]) -> bool:
    """Whether the act went through; what it refuses stands in the form."""
    if not form.is_valid():
        return False
    try:
        act()
    except ValidationError as error:
        refusals.show(form, error)
    return not form.errors


def _ask(
    request: SignedInRequest, one: Commitment, form: BaseForm, *, title: str, act: str, status: HTTPStatus | None = None
) -> HttpResponse:
    """Draw the form of an act: in the sheet for htmx, else as a page of its own."""
    context = {"commitment": one, "form": form, "title": title, "act": act}
    status = status or (HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK)
    if not request.htmx:
        return render(request, "workspace/commitments/act.html", context, status=status)
    # A click on “Done” in the list asks here as well, where what is done has changed since.
    response = render(request, "workspace/commitments/_act.html", context, status=status)
    return retarget(reswap(response, "innerHTML"), "#sheet-content")


def _answered(request: SignedInRequest, one: Commitment, notice: str) -> HttpResponse:
    """After an act: htmx gets the row as it is now and closes the sheet, a plain form the promise's page."""
    navigation.forget_badges(request.user)
    if not request.htmx:
        notices.tell(request, notice)
        return redirect(one)
    stored = Commitment.objects.with_people().get(pk=one.pk)
    context = {"row": presenters.rows_of([stored], request.user, timezone.now())[0], "notice": notice}
    response = render(request, "workspace/commitments/_answered.html", context)
    response = retarget(reswap(response, "outerHTML"), f"#commitment-{one.pk}")
    return trigger_client_event(trigger_client_event(response, "sheet:close"), "badges")
