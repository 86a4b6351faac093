"""What the views of the lists share: the page with its parts, and the form of the filters."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django_htmx.http import push_url, replace_url

from leads.records.presenters import filtering
from leads.records.presenters.listing import RecordList
from workspace.http import SignedInRequest


def show_list(request: SignedInRequest, listing: RecordList[Any], *, page: str, part: str, rows: str) -> HttpResponse:
    """The list, by the template of its whole `page`, for htmx of the `part` that changes with the address, or of more `rows`.

    The page's own form sends what is empty along; its address is then said again without it.
    """
    if not request.htmx:
        if len(listing.query) != len(request.GET):
            return redirect(listing.url)
        return render(request, page, {"listing": listing})
    if request.htmx.target == "more":
        return render(request, rows, {"listing": listing, "is_more": True})
    response = render(request, part, {"listing": listing})
    # Each letter of a search would else be a step of the way back.
    named = replace_url if request.htmx.trigger_name == "q" else push_url
    return named(response, listing.url)


def show_filters(request: SignedInRequest, listing: RecordList[Any], on: str) -> HttpResponse:
    """All filters of the list in one form, which leads back to the list; `on` says whose own fields are among them."""
    controls = filtering.controls(listing.filterset, request.user, filtering.filterable_fields(on))
    template = "leads/records/lists/_filter.html" if request.htmx else "leads/records/lists/filter.html"
    return render(request, template, {"listing": listing, "controls": controls})
