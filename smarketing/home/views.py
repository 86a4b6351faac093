"""My day, and ticking a next step off there."""

from http import HTTPStatus

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import reswap, retarget, trigger_client_event

from leads.records import actions, policies
from leads.records.forms import DoneForm
from leads.records.models import Lead
from smarketing.home import news
from smarketing.home.waiting import Waiting
from workspace import slots
from workspace.http import SignedInRequest
from workspace.pages import navigation, notices
from workspace.people.models import Department


@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    """What waits for the visitor, what is new, what colleagues did."""
    person, now = request.user, timezone.now()
    context = {
        "waiting": Waiting(person, now),
        "now": now,
        "may_create": policies.may_create(person),
        "newest": news.newest(person) if person.department_keys != [Department.Key.SALES] else [],
        "lines": news.of_colleagues(person, now),
        "main_parts": slots.parts("home.main", request, [person])[person.pk],
        "aside_parts": slots.parts("home.aside", request, [person])[person.pk],
    }
    return render(request, "smarketing/home.html", context)


@require_safe
def numbers(request: SignedInRequest) -> HttpResponse:
    """The departments' numbers, as the page asks for them once it is drawn."""
    sides = news.numbers(request.user, timezone.now())
    return render(request, "smarketing/_numbers.html", {"sides": sides})


@require_http_methods(["GET", "HEAD", "POST"])
def finish_step(request: SignedInRequest, pk: int) -> HttpResponse:
    """Tick a next step off, with a word on how it went; htmx gets what waits now, a plain form the page."""
    lead = get_object_or_404(Lead.objects.visible_to(request.user).for_page(), pk=pk)
    if not policies.may_change(request.user):
        raise PermissionDenied(_("You may look at leads, but not change them."))
    form = DoneForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            actions.finish_next_step(lead, by=request.user, at=timezone.now(), text=form.cleaned_data["text"])
        except ValidationError as error:
            form.take(error)
        else:
            navigation.forget_badges(request.user)
            return _finished(request, lead)
    context = {
        "lead": lead,
        "title": _("Done: %s") % lead.next_step if lead.next_step else _("Done"),
        "body": "leads/records/_done_fields.html",
        "form": form,
        "act": _("Done"),
    }
    template = "leads/records/_act.html" if request.htmx else "leads/records/act.html"
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    response = render(request, template, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _finished(request: SignedInRequest, lead: Lead) -> HttpResponse:
    notice = _("Done. What comes next for %s?") % lead
    if not request.htmx:
        notices.tell(request, notice)
        return redirect("home")
    now = timezone.now()
    context = {"waiting": Waiting(request.user, now), "now": now, "notice": notice}
    response = render(request, "smarketing/_waiting.html", context)
    return trigger_client_event(retarget(reswap(response, "outerHTML"), "#waiting"), "sheet:close")
