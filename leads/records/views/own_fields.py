"""The settings in which administrators define own fields of leads and companies."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from leads.records import actions, policies
from leads.records.forms import NewOwnFieldForm, OwnFieldForm
from leads.records.models import CustomField
from leads.records.presenters import defining
from workspace import refusals
from workspace.http import SignedInRequest
from workspace.pages import notices
from workspace.people.models import Person

_MOST_SUGGESTED = 12


@require_safe
def own_fields(request: SignedInRequest) -> HttpResponse:
    """All own fields of leads and of companies in their order, and those that are retired."""
    _demand_definer(request)
    return render(request, "leads/records/own/list.html", {"kinds": defining.kinds()})


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest, on: str) -> HttpResponse:
    """Define a field on leads or on companies."""
    _demand_definer(request)
    if on not in CustomField.On.values:
        raise Http404
    field = CustomField(on=on)
    return _form(request, field, NewOwnFieldForm(field, _data(request)), _("%s is defined."))


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change what a field is called, what it asks for and what it offers."""
    field = _field_to_change(request, pk)
    return _form(request, field, OwnFieldForm(field, _data(request)), _("%s is changed."))


@require_POST
def place(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put a field at another place among those in use."""
    field = _field_to_change(request, pk)
    before = request.POST.get("before", "")
    if not before.isdecimal() or len(before) > 4:  # noqa: PLR2004 - no page has so many places
        raise Http404
    actions.place_custom_field(field, before=int(before), by=request.user, at=timezone.now())
    notices.tell(request, _("%s stands elsewhere.") % field)
    return redirect("records:own_fields")


@require_POST
def retire(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a field out of pages, forms, filters and the API; its values stay stored."""
    return _switched(request, pk, _("%s is retired. Its values are kept."), is_active=False)


@require_POST
def bring_back(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let a retired field show again, with all its values."""
    return _switched(request, pk, _("%s is back, with its values."), is_active=True)


@require_safe
def people(request: SignedInRequest) -> HttpResponse:
    """Addresses of colleagues for what is being typed, as options of a list."""
    text = str(next(iter(request.GET.values()), "")).replace("\x00", "").strip()[:200]
    rows = Person.objects.visible_to(request.user).active()
    named = rows.filter(Q(name__icontains=text) | Q(email__istartswith=text)) if text else rows.none()
    found = named.order_by("name", "pk")[:_MOST_SUGGESTED]
    return render(request, "leads/records/facts/_people.html", {"people": found})


def _demand_definer(request: SignedInRequest) -> None:
    if not policies.may_define_fields(request.user):
        raise PermissionDenied(_("Only administrators define own fields."))


def _field_to_change(request: SignedInRequest, pk: int) -> CustomField:
    _demand_definer(request)
    return get_object_or_404(CustomField, pk=pk)


def _data(request: SignedInRequest) -> object:
    return request.POST if request.method == "POST" else None


def _form(request: SignedInRequest, field: CustomField, form: OwnFieldForm, words: str) -> HttpResponse:
    """The form of a field, or what came of it."""
    if form.is_bound and form.is_valid():
        saved = _stored(form, lambda: _save(request, field, form.cleaned_data))
        if saved is not None:
            notices.tell(request, words % saved)
            return redirect("records:own_fields")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "leads/records/own/form.html", {"form": form, "own_field": field}, status=status)


def _save(request: SignedInRequest, field: CustomField, values: dict[str, Any]) -> CustomField:
    return actions.save_custom_field(field, values, by=request.user, at=timezone.now())


def _stored(form: OwnFieldForm, act: Callable[[], CustomField]) -> CustomField | None:
    try:
        return act()
    except ValidationError as error:
        refusals.show(form, error)
        return None


def _switched(request: SignedInRequest, pk: int, words: str, *, is_active: bool) -> HttpResponse:
    field = _field_to_change(request, pk)
    try:
        _save(request, field, {"is_active": is_active})
    except ValidationError as error:
        notices.tell(request, " ".join(error.messages))
    else:
        notices.tell(request, words % field)
    return redirect("records:own_fields")
