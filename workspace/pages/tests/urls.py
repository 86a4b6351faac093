"""The URL tree of these tests: the workspace's own, and views that fail in the ways that pages know."""

from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from workspace.errors import Conflict
from workspace.pages import notices
from workspace.paging import BadCursor


class AlreadyMoved(Conflict):
    """Somebody moved the lead first."""

    title = "Already moved"


def conflict(_request: HttpRequest) -> HttpResponse:
    raise AlreadyMoved("Priya Raman has moved this lead already.")


def bad_cursor(_request: HttpRequest) -> HttpResponse:
    raise BadCursor


def forbidden(_request: HttpRequest) -> HttpResponse:
    raise PermissionDenied("Only the receiving department may accept this.")


def database_away(_request: HttpRequest) -> HttpResponse:
    raise OperationalError("connection refused")


def broken(_request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a fault of ours")


def telling(request: HttpRequest) -> HttpResponse:
    notices.tell(request, "Moved to <MQL>.", undo_url="/leads/1/undo/")  # type: ignore[arg-type] # LoginRequiredMiddleware
    return HttpResponse()


handler500 = "workspace.pages.errors.server_error"

urlpatterns = [
    path("conflict/", conflict),
    path("cursor/", bad_cursor),
    path("forbidden/", forbidden),
    path("database/", database_away),
    path("broken/", broken),
    path("telling/", telling),
    path("", include("smarketing.urls")),
]
