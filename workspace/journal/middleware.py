"""What happens in a request came in by a page, or by the administration."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from workspace.journal import actions as journal
from workspace.journal.models import Way


class WayMiddleware:
    """Tells the journal by which door a request came in. The API tells it of its own requests, inside this."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        way = Way.ADMIN if request.path.startswith(reverse("admin:index")) else Way.WEB
        with journal.by_way(way):
            return self.get_response(request)
