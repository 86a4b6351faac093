"""The list of companies, the page of one, its facts edited in place, and names for a field that asks for a company."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import reswap, retarget

from leads.records import actions, custom, policies
from leads.records.forms import CompanyForm
from leads.records.models import Company, CustomField
from leads.records.presenters import facts
from leads.records.presenters.account import AccountView
from leads.records.presenters.company_list import CompanyList
from leads.records.presenters.place import TimelinePlace
from leads.records.views.lists import show_filters, show_list
from leads.records.views.shared import ask_fields, is_written, said_of
from workspace.http import SignedInRequest
from workspace.notices.actions import read_about
from workspace.pages import notices

_MOST_SUGGESTED = 12


@require_safe
@vary_on_headers("HX-Request")
def companies(request: SignedInRequest) -> HttpResponse:
    """The list: a page, for htmx the part that changes, or more rows for the row that asked for them."""
    return show_list(
        request,
        CompanyList(request),
        page="leads/records/lists/companies.html",
        part="leads/records/lists/_companies.html",
        rows="leads/records/lists/_companies_rows.html",
    )


@require_safe
def counts(request: SignedInRequest) -> HttpResponse:
    """The number beside the title, which htmx asks for after the page."""
    listing = CompanyList(request)
    return render(request, "leads/records/lists/_companies_count.html", {"count": listing.count()})


@require_safe
@vary_on_headers("HX-Request")
def filter_form(request: SignedInRequest) -> HttpResponse:
    """All filters of the list in one form, which leads back to the list."""
    return show_filters(request, CompanyList(request), "company")


@require_safe
def suggestions(request: SignedInRequest) -> HttpResponse:
    """Names of companies for what is being typed, as options of a list."""
    text = request.GET.get("company", "").replace("\x00", "").strip()[:200]
    rows = Company.objects.visible_to(request.user)
    found = rows.matching(text).order_by("sort_name", "pk")[:_MOST_SUGGESTED] if text else rows.none()
    return render(request, "leads/records/facts/_suggestions.html", {"companies": found})


@require_safe
@vary_on_headers("HX-Request")
def company(request: SignedInRequest, pk: int) -> HttpResponse:
    """One company: facts, the leads there, what it bought, and what happened; who opens it has read what they were told."""
    view = AccountView(request, _company_or_404(request, pk), TimelinePlace.of(request), timezone.now())
    if not request.htmx:
        read_about(view.company, by=request.user, at=view.now)
    template = _FRAGMENTS.get(request.htmx.target or "", "leads/records/company/company.html")
    return render(request, template, {"view": view, "focus": request.GET.get("focus", "")})


# What htmx asks for, by the element that it fills.
_FRAGMENTS = {
    "company": "leads/records/company/_company.html",
    "story": "leads/records/company/_story.html",
    "story-more": "leads/records/lead/_lines.html",
}


def _company_or_404(request: SignedInRequest, pk: int) -> Company:
    rows = Company.objects.visible_to(request.user).select_related("account_owner")
    return get_object_or_404(rows, pk=pk)


def _company_to_change(request: SignedInRequest, pk: int) -> Company:
    company = _company_or_404(request, pk)
    if not policies.may_change_company(request.user):
        raise PermissionDenied(_("You may look at companies, but not change them."))
    return company


@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
def fact(request: SignedInRequest, pk: int, key: str) -> HttpResponse:
    """One fact as a small form in its place, and what was written there; without htmx it is the page of all fields."""
    company = _company_to_change(request, pk)
    definitions = _definitions() if key.startswith(facts.CUSTOM) else {}
    keys = facts.company_fields_of(key, definitions)
    if not keys:
        raise Http404
    if request.method != "POST" and not request.htmx:
        return redirect(f"{reverse('records:edit_company', args=[pk])}#id_{keys[0]}")
    form = CompanyForm(company, _data(request), keys=keys, definitions=definitions)
    slug = key.replace(".", "-")
    if form.is_bound and _was_changed(request, company, form):
        return _done(request, pk, said_of(form), focus=slug)
    return ask_fields(request, company, form, whole="company", slug=slug)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """All fields of a company in one form; only what this visitor changed is written."""
    company = _company_to_change(request, pk)
    definitions = _definitions()
    keys = [*CompanyForm.Meta.fields, *(f"{facts.CUSTOM}{key}" for key in definitions)]
    form = CompanyForm(company, _data(request), keys=keys, definitions=definitions)
    if form.is_bound and _was_changed(request, company, form):
        return _done(request, pk, said_of(form))
    return ask_fields(request, company, form, whole="company")


def _definitions() -> dict[str, CustomField]:
    return custom.definitions("company")


def _data(request: SignedInRequest) -> object:
    return request.POST if request.method == "POST" else None


def _was_changed(request: SignedInRequest, company: Company, form: CompanyForm) -> bool:
    by, now = request.user, timezone.now()
    return is_written(form, lambda: actions.change_company(company, form.values(), by=by, at=now, seen=form.seen))


def _done(request: SignedInRequest, pk: int, notice: str, *, focus: str = "") -> HttpResponse:
    """After a change: htmx gets the whole company as it is now, a plain form returns to the page."""
    if not request.htmx:
        notices.tell(request, notice)
        return redirect("records:company", pk)
    view = AccountView(request, _company_or_404(request, pk), TimelinePlace(), timezone.now())
    context = {"view": view, "notice": notice, "focus": focus}
    return retarget(reswap(render(request, "leads/records/company/_company.html", context), "outerHTML"), "#company")
