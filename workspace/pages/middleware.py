"""Errors that a view does not answer itself become pages."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from workspace.pages import errors


class ErrorPagesMiddleware:
    """Answers conflicts with 409 and an absent database with 503, as a page or, for htmx, in the status line."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return errors.answer(request, exception)
