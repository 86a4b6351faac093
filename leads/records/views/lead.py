"""The page of one lead, its facts edited in place, and its form as a page."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from leads.records import actions, custom
from leads.records.fields import FIELDS
from leads.records.forms import LeadForm
from leads.records.models import Lead
from leads.records.presenters import facts
from leads.records.presenters.place import TimelinePlace
from leads.records.presenters.walk import Walk
from leads.records.views.shared import ask_fields, done, is_written, lead_to_change, said_of, single
from workspace.http import SignedInRequest
from workspace.notices.actions import read_about
from workspace.pages import notices


@require_safe
@vary_on_headers("HX-Request")
def lead(request: SignedInRequest, pk: int) -> HttpResponse:
    """The single customer view; for htmx the timeline alone, or its next page.

    Whoever opens it has read what they were told of it.
    """
    view = single(request, pk, TimelinePlace.of(request))
    template = _FRAGMENTS.get(request.htmx.target or "", "leads/records/lead/lead.html")
    if not request.htmx:
        read_about(view.lead, by=request.user, at=view.now)
    walk = Walk(request, pk, timezone.now())
    context = {"view": view, "walk": walk, "back_url": _back_url(request, pk), "focus": request.GET.get("focus", "")}
    return render(request, template, context)


# What htmx asks for, by the element that it fills.
_FRAGMENTS = {
    "lead": "leads/records/lead/_lead.html",
    "story": "leads/records/lead/_story.html",
    "story-more": "leads/records/lead/_lines.html",
}


def _back_url(request: SignedInRequest, pk: int) -> str:
    """The list from which the visitor came, at this lead's row."""
    query = request.GET.get("list", "")
    return f"{reverse('records:leads')}{f'?{query}' if query else ''}#lead-{pk}"


@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
def fact(request: SignedInRequest, pk: int, key: str) -> HttpResponse:
    """One fact as a small form in its place, and what was written there; without htmx it is the page of all fields."""
    lead = lead_to_change(request, pk)
    definitions = custom.definitions("lead") if key.startswith(facts.CUSTOM) else {}
    keys = facts.fields_of(key, definitions)
    if not keys:
        raise Http404
    if request.method != "POST" and not request.htmx:
        return redirect(f"{reverse('records:edit', args=[pk])}#id_{keys[0]}")
    form = LeadForm(request.POST or None, keys=keys, lead=lead, definitions=definitions)
    slug = key.replace(".", "-")
    if request.method == "POST" and _was_changed(request, lead, form):
        return done(request, pk, said_of(form), focus=slug)
    return ask_fields(request, lead, form, whole="lead", slug=slug)


def _was_changed(request: SignedInRequest, lead: Lead, form: LeadForm) -> bool:
    by, now = request.user, timezone.now()
    return is_written(form, lambda: actions.change(lead, form.values(), by=by, at=now, seen=form.seen))


# The fields of the form, what identifies a lead elsewhere last: people look for the name first.
_EDITED = sorted(
    (key for key in FIELDS if any(key in keys for keys in facts.FACT_FIELDS.values())),
    key=lambda key: key in ("external_id", "crm_url"),
)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """All fields of a lead in one form; only what this visitor changed is written."""
    lead = lead_to_change(request, pk)
    definitions = custom.definitions("lead")
    keys = [*_EDITED, *(f"{facts.CUSTOM}{key}" for key in definitions)]
    form = LeadForm(request.POST or None, keys=keys, lead=lead, definitions=definitions)
    if request.method == "POST" and _was_changed(request, lead, form):
        notices.tell(request, said_of(form))
        return redirect("records:lead", pk)
    return ask_fields(request, lead, form, whole="lead")
