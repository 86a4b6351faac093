"""My day, and ticking a next step off there."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import reswap, retarget, trigger_client_event

from leads.records import policies
from leads.records.forms import DoneForm
from leads.records.models import Lead
from leads.records.views.shared import ask_done, is_finished, lead_to_change
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
    lead = lead_to_change(request, pk)
    form = DoneForm(lead, request.POST if request.method == "POST" else None)
    if form.is_bound and is_finished(request, lead, form):
        navigation.forget_badges(request.user)
        return _finished(request, lead)
    return ask_done(request, lead, form)


def _finished(request: SignedInRequest, lead: Lead) -> HttpResponse:
    notice = _("Done. What comes next for %s?") % lead
    if not request.htmx:
        notices.tell(request, notice)
        return redirect("home")
    now = timezone.now()
    context = {"waiting": Waiting(request.user, now), "now": now, "notice": notice}
    response = render(request, "smarketing/_waiting.html", context)
    return trigger_client_event(retarget(reswap(response, "outerHTML"), "#waiting"), "sheet:close")
