"""Pages of working time: all calendars and absences, one calendar with what it means, and changing them."""

from collections.abc import Callable
from http import HTTPStatus

from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import BaseForm
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from workspace import refusals
from workspace.http import SignedInRequest
from workspace.pages.notices import tell
from workspace.people.models import Department
from workspace.worktime import actions, policies, presenters
from workspace.worktime.forms import DAYS, AbsenceForm, CalendarForm, SpecialDaysForm, TryForm
from workspace.worktime.models import Absence, Calendar, SpecialDays
from workspace.worktime.resolving import hours_of


@require_safe
def overview(request: SignedInRequest) -> HttpResponse:
    """The workspace's, the departments' and the visitor's own calendar, and who is away."""
    context = {"overview": presenters.Overview(request.user, timezone.localdate())}
    return render(request, "workspace/worktime/overview.html", context)


@require_safe
@vary_on_headers("HX-Request")
def calendar(request: SignedInRequest, pk: int) -> HttpResponse:
    """One calendar, and what it means: a clock that starts now, or as the visitor says, and why it ends when it does."""
    found = _calendar_or_404(request, pk)
    hours = hours_of(found)
    form = TryForm(hours.zone, timezone.now(), request.GET)
    context = {
        "held": presenters.Held(found, policies.may_change(request.user, found)),
        "special_days": presenters.days_ahead(found.special_days.all(), timezone.localdate()),
        "form": form,
        "explanation": presenters.tried(form, hours),
        "is_now": not request.GET.get("starts"),
    }
    template = "workspace/worktime/_tried.html" if request.htmx else "workspace/worktime/calendar.html"
    return render(request, template, context)


@require_POST
def give_mine(request: SignedInRequest) -> HttpResponse:
    """Let the visitor have a calendar of their own, and open its form."""
    own = actions.give_own_calendar(person=request.user, by=request.user, at=timezone.now())
    return redirect("worktime:edit", own.pk)


@require_POST
def give_department(request: SignedInRequest, key: str) -> HttpResponse:
    """Let a department have a calendar of its own, and open its form."""
    department = get_object_or_404(Department, key=key)
    own = actions.give_own_calendar(department=department, by=request.user, at=timezone.now())
    return redirect("worktime:edit", own.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change what a calendar says."""
    found = _calendar_to_change(request, pk)
    form = CalendarForm(found, _data(request))
    if form.is_bound and _goes_through(
        form, lambda: actions.save_calendar(found, form.values(), by=request.user, at=timezone.now())
    ):
        tell(request, _("Saved. Open deadlines are computed anew."))
        return redirect("worktime:calendar", pk)
    context = {"form": form, "calendar": found, "days": [form[day] for day in DAYS]}
    return render(request, "workspace/worktime/edit.html", context, status=_status(form))


@require_POST
def drop(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take the calendar of a department or a person away."""
    found = _calendar_to_change(request, pk)
    try:
        actions.drop_calendar(found, by=request.user, at=timezone.now())
    except ValidationError as error:
        raise PermissionDenied(" ".join(error.messages)) from error
    tell(request, _("The wider calendar holds again."))
    return redirect("worktime:overview")


@require_http_methods(["GET", "HEAD", "POST"])
def add_days(request: SignedInRequest, pk: int) -> HttpResponse:
    """Set days on which the calendar's week does not hold."""
    return _days_form(request, SpecialDays(calendar=_calendar_to_change(request, pk)))


@require_http_methods(["GET", "HEAD", "POST"])
def edit_days(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change them."""
    return _days_form(request, _days_to_change(request, pk))


def _days_form(request: SignedInRequest, days: SpecialDays) -> HttpResponse:
    form = SpecialDaysForm(_data(request), instance=days)
    if form.is_bound and _goes_through(
        form, lambda: actions.save_special_days(days, form.cleaned_data, by=request.user, at=timezone.now())
    ):
        tell(request, _("Saved. Open deadlines are computed anew."))
        return redirect("worktime:calendar", days.calendar_id)
    context = {
        "form": form,
        "title": _("Special days"),
        "back_url": reverse("worktime:calendar", args=[days.calendar_id]),
        "hint": str(days.calendar),
    }
    return render(request, "workspace/worktime/form.html", context, status=_status(form))


@require_POST
def remove_days(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let the week hold again."""
    days = _days_to_change(request, pk)
    try:
        actions.remove_special_days(days, by=request.user, at=timezone.now())
    except ValidationError as error:
        tell(request, " ".join(error.messages))
    else:
        tell(request, _("The week holds again on these days."))
    return redirect("worktime:calendar", days.calendar_id)


@require_http_methods(["GET", "HEAD", "POST"])
def add_absence(request: SignedInRequest) -> HttpResponse:
    """Say when the visitor is away, or somebody whom they lead."""
    absence = Absence(person=request.user)
    form = AbsenceForm(_data(request), instance=absence, people=policies.whose_absence_may_be_said(request.user))

    def save() -> None:
        absence.person = form.cleaned_data.get("person", request.user)
        actions.save_absence(absence, form.cleaned_data, by=request.user, at=timezone.now())

    if form.is_bound and _goes_through(form, save):
        words = _("Noted. The clocks of %s stand still on these days.") % absence.person
        tell(request, _("Noted. Your clocks stand still on these days.") if absence.person == request.user else words)
        return redirect("worktime:overview")
    context = {
        "form": form,
        "title": _("Who is away") if "person" in form.fields else _("I am away"),
        "back_url": reverse("worktime:overview"),
        "hint": _("Colleagues see the days; the note is for you, your lead and who keeps the calendars."),
    }
    return render(request, "workspace/worktime/form.html", context, status=_status(form))


@require_POST
def remove_absence(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take an absence back."""
    rows = Absence.objects.visible_to(request.user).select_related("person")
    actions.remove_absence(get_object_or_404(rows, pk=pk), by=request.user, at=timezone.now())
    tell(request, _("The absence is taken back."))
    return redirect("worktime:overview")


def _calendar_or_404(request: SignedInRequest, pk: int) -> Calendar:
    rows = Calendar.objects.visible_to(request.user).select_related("department", "person")
    return get_object_or_404(rows.prefetch_related("special_days"), pk=pk)


def _calendar_to_change(request: SignedInRequest, pk: int) -> Calendar:
    found = _calendar_or_404(request, pk)
    if not policies.may_change(request.user, found):
        raise PermissionDenied(_("You may look at this calendar, but not change it."))
    return found


def _days_to_change(request: SignedInRequest, pk: int) -> SpecialDays:
    days = get_object_or_404(SpecialDays.objects.select_related("calendar"), pk=pk)
    _calendar_to_change(request, days.calendar_id)
    return days


def _data(request: SignedInRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _status(form: BaseForm) -> HTTPStatus:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK


def _goes_through(form: BaseForm, act: Callable[[], object]) -> bool:
    """Whether the act went through; what it refuses stands in the form."""
    if not form.is_valid():
        return False
    try:
        act()
    except ValidationError as error:
        refusals.show(form, error)
    return not form.errors
