"""Addresses of leads that were merged: they lead to the survivor, whatever they asked for."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse
from django.utils.cache import add_never_cache_headers

from leads.records.models import Lead
from workspace.http import SignedInRequest

View = Callable[..., HttpResponse]


def known_by_old_ids(view: View) -> View:
    """Let `view`, which takes a lead's `pk`, answer the id of a merged lead by leading to the same address of its survivor.

    A form goes there, too, with all that was written into it. Costs a query only where there is no such lead.
    """

    @wraps(view)
    def answer(request: SignedInRequest, pk: int, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, pk, *args, **kwargs)
        except Http404:
            survivor = Lead.objects.survivor_of(pk)
            if survivor is None or not Lead.objects.visible_to(request.user).filter(pk=survivor).exists():
                raise
            return _to(request, survivor)

    return answer


def _to(request: SignedInRequest, survivor: int) -> HttpResponse:
    match = request.resolver_match
    assert match is not None, "a view is called by an address"
    query = request.GET.urlencode()
    address = reverse(match.view_name, kwargs={**match.kwargs, "pk": survivor}) + (f"?{query}" if query else "")
    response = HttpResponsePermanentRedirect(address, preserve_request=request.method not in ("GET", "HEAD"))
    add_never_cache_headers(response)  # a merge can be undone
    return response
