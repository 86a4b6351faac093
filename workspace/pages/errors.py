"""Errors as pages and fragments, each in one place: a conflict, a cursor of another list, a database that is away."""

import sys
from http import HTTPStatus

from django.core.exceptions import ValidationError
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from psycopg.errors import DeadlockDetected

from workspace.errors import Conflict
from workspace.paging import BadCursor

_RETRY_SECONDS = 10


def answer(request: HttpRequest, error: BaseException | None) -> HttpResponse | None:
    """The response for an error that pages know how to tell; None for any other."""
    if isinstance(error, Conflict):
        return _told(request, "409.html", {"title": str(error.title), "text": str(error)}, HTTPStatus.CONFLICT)
    if isinstance(error, BadCursor):
        return _told(request, "400.html", {"text": _first_message(error)}, HTTPStatus.BAD_REQUEST)
    if _is_deadlock(error):
        text = _("Somebody was changing the same in this very moment. Try it again.")
        return _told(request, "409.html", {"title": _("Two at once"), "text": text}, HTTPStatus.CONFLICT)
    if isinstance(error, OperationalError | InterfaceError):
        return unavailable()
    return None


def _is_deadlock(error: BaseException | None) -> bool:
    return isinstance(error, OperationalError) and isinstance(error.__cause__, DeadlockDetected)


def unavailable() -> HttpResponse:
    """The page for a database that is away. Drawn without a request, since who asks is in the database."""
    return HttpResponse(
        render_to_string("503.html"),
        status=HTTPStatus.SERVICE_UNAVAILABLE,
        headers={"Retry-After": str(_RETRY_SECONDS)},
    )


def server_error(_request: HttpRequest) -> HttpResponse:
    """`handler500`: 503 where the database is away (middleware meets it before any view does), else 500."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return unavailable()
    return HttpResponse(render_to_string("500.html"), status=HTTPStatus.INTERNAL_SERVER_ERROR)


def _told(request: HttpRequest, template: str, context: dict[str, str], status: HTTPStatus) -> HttpResponse:
    if request.headers.get("HX-Request") != "true":
        return render(request, template, context, status=status)
    # htmx shows the status line and leaves the fragment that was asked for as it is.
    response = render(request, "components/_notice.html", {"notice": context["text"]}, status=status)
    response["HX-Reswap"] = "none"
    return response


def _first_message(error: ValidationError) -> str:
    return str(error.messages[0])
