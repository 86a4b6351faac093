"""Errors of the API as `application/problem+json` (RFC 9457), each kind answered in one place."""

import math
import re
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import (
    NON_FIELD_ERRORS,
    ObjectDoesNotExist,
    PermissionDenied,
    RequestDataTooBig,
    ValidationError,
)
from django.db import IntegrityError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from psycopg.errors import DeadlockDetected, UniqueViolation
from rest_framework import exceptions
from rest_framework.settings import api_settings

from workspace.api.content import TooLarge
from workspace.errors import Conflict

CONTENT_TYPE = "application/problem+json"
Errors = dict[str, list[str]]
_RETRY_SECONDS = 10
_WORD = re.compile(r"(?<!^)(?=[A-Z])")
# Headers of an error's first answer that are as true of the problem that takes its place.
_KEPT = ("Allow", "Retry-After", "WWW-Authenticate")


def problem(
    status: int,
    detail: str = "",
    *,
    title: str = "",
    kind: str = "about:blank",
    errors: Errors | None = None,
    **members: object,
) -> JsonResponse:
    """A problem of `status`; `errors` are sentences by field, `members` what only this kind of problem tells."""
    body: dict[str, object] = {"type": kind, "title": title or HTTPStatus(status).phrase, "status": int(status)}
    if detail:
        body["detail"] = detail
    if errors:
        body["errors"] = errors
    return JsonResponse(body | members, status=status, content_type=CONTENT_TYPE)


def answer(error: Exception, context: Mapping[str, Any]) -> HttpResponse | None:
    """REST framework's exception handler: the problem that tells `error`, or None for a fault of our own."""
    told = (make(error, context) for kind, make in _ANSWERS if isinstance(error, kind))
    return next(told, None)


def errors_of(error: ValidationError) -> Errors:
    """The sentences of an error by field; those of no field stand under the empty name."""
    if not hasattr(error, "error_dict"):
        return {"": list(error.messages)}
    return {"" if field == NON_FIELD_ERRORS else field: told for field, told in error.message_dict.items()}


def invalid(errors: Errors) -> JsonResponse:
    """400 with `errors` by field; what is said of no field stands in the detail."""
    rest = {field: told for field, told in errors.items() if field}
    detail = " ".join(errors.get("", [])) or _("Some values do not fit; see the errors by field.")
    return problem(HTTPStatus.BAD_REQUEST, detail, errors=rest)


def flat(detail: Any, path: str = "") -> Errors:
    """A serializer's errors, however nested, by the path of the field: `leads.0.email`."""
    if isinstance(detail, str):
        return {path: [detail]}
    parts = detail.items() if isinstance(detail, Mapping) else enumerate(detail)
    errors: Errors = {}
    for key, part in parts:
        is_own = isinstance(part, str) and not isinstance(detail, Mapping)
        below = path if is_own or key == api_settings.NON_FIELD_ERRORS_KEY else f"{path}.{key}".strip(".")
        for field, told in flat(part, below).items():
            errors.setdefault(field, []).extend(told)
    return errors


def _conflict(error: Conflict, context: Mapping[str, Any]) -> HttpResponse:
    kind = _WORD.sub("-", type(error).__name__).lower()
    present = context["view"].present(error)
    title = str(error.title)
    return _with_headers(
        problem(HTTPStatus.CONFLICT, str(error), title=title, kind=f"urn:smarketing:{kind}", **present), error
    )


def _taken(error: IntegrityError, _context: Mapping[str, Any]) -> HttpResponse | None:
    """409 where somebody else stored the same thing a moment earlier; any other broken constraint is our fault."""
    if not isinstance(error.__cause__, UniqueViolation):
        return None
    return _try_again(_("Somebody stored the same in this very moment. Read it, and try again."))


def _try_again(detail: str) -> HttpResponse:
    response = problem(HTTPStatus.CONFLICT, detail)
    response["Retry-After"] = "1"
    return response


def _away(error: Exception, _context: Mapping[str, Any]) -> HttpResponse:
    """503, unless the database is there and ended a deadlock at this one's cost: then somebody was first."""
    if isinstance(error.__cause__, DeadlockDetected):
        return _try_again(_("Somebody was changing the same in this very moment. Try it again."))
    response = problem(HTTPStatus.SERVICE_UNAVAILABLE, _("The database is away. Try again in a moment."))
    response["Retry-After"] = str(_RETRY_SECONDS)
    return response


def _of_framework(error: exceptions.APIException, _context: Mapping[str, Any]) -> HttpResponse:
    if isinstance(error, exceptions.ValidationError):
        return invalid(flat(error.detail))
    return _with_headers(problem(error.status_code, str(error.detail)), error)


def _with_headers(response: JsonResponse, error: Exception) -> JsonResponse:
    """`response` with what the error says beside its words: how to come in, when to come again, what is there now."""
    if header := getattr(error, "auth_header", None):
        response["WWW-Authenticate"] = header
    if (wait := getattr(error, "wait", None)) is not None:
        response["Retry-After"] = str(math.ceil(wait))
    if tag := getattr(error, "tag", None):
        response["ETag"] = tag
    return response


_ANSWERS: tuple[tuple[type[Exception] | tuple[type[Exception], ...], Callable[..., HttpResponse | None]], ...] = (
    (Conflict, _conflict),
    (ValidationError, lambda error, _context: invalid(errors_of(error))),
    # An action's record that was deleted meanwhile is as unknown as one that the caller may not see.
    ((Http404, ObjectDoesNotExist), lambda _error, _context: problem(HTTPStatus.NOT_FOUND, _("There is none."))),
    (PermissionDenied, lambda error, _context: problem(HTTPStatus.FORBIDDEN, str(error))),
    (RequestDataTooBig, lambda _error, context: _of_framework(TooLarge(), context)),
    (exceptions.APIException, _of_framework),
    (IntegrityError, _taken),
    ((OperationalError, InterfaceError), _away),
)


class ApiProblemsMiddleware:
    """Below /api/, what Django or a middleware answers itself is a problem too: unknown addresses, faults, an absent database.

    Redirecting to an address with its slash would turn a POST into a GET: it is told instead.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.path_info.startswith("/api/") or response.headers.get("Content-Type") == CONTENT_TYPE:
            return response
        if _lacks_slash(request, response):
            return problem(HTTPStatus.NOT_FOUND, _("Addresses end with a slash: %s/") % request.path)
        if response.status_code < HTTPStatus.BAD_REQUEST:
            return response
        detail = _("Nothing has this address.") if response.status_code == HTTPStatus.NOT_FOUND else ""
        told = problem(response.status_code, detail)
        for name in _KEPT:
            if name in response:
                told[name] = response[name]
        return told


def _lacks_slash(request: HttpRequest, response: HttpResponse) -> bool:
    is_moved = response.status_code == HTTPStatus.MOVED_PERMANENTLY
    return is_moved and request.method not in ("GET", "HEAD") and not request.path.endswith("/")
