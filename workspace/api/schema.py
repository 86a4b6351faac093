"""The OpenAPI schema and its page: every operation with its errors, and no style or script inside the page."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema as SpectacularAutoSchema
from drf_spectacular.utils import OpenApiParameter
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import SAFE_METHODS, IsAuthenticated

from workspace.api.authentication import SessionAuthentication, TokenAuthentication
from workspace.api.limits import CallLimit
from workspace.api.problems import CONTENT_TYPE
from workspace.api.serializers import ProblemSerializer

# What any call may be answered with beside its own answers, by status; each stands in the schema once.
_TOLD = {
    "304": _("What `If-None-Match` names is still what is there."),
    "400": _("Something that was given does not fit."),
    "401": _("Who calls is not known."),
    "403": _("The caller may not do this, or the token lacks the scope."),
    "404": _("There is none, or the caller may not see it."),
    "406": _("Answers are JSON."),
    "409": _("Somebody was first; the record as it is now is told beside. Or the `Idempotency-Key` is another call’s."),
    "412": _("The record is not the one that `If-Match` names; the tag of the present one is in `ETag`."),
    "413": _("The body is too large."),
    "415": _("The body is no JSON."),
    "429": _("The caller used up this minute."),
    "503": _("The database is away."),
}
_ALWAYS = {"401", "403", "406", "429", "503"}
_OF_READING = {"304"}
_OF_CHANGING = {"400", "409", "413", "415"}
_SECONDS = {"description": _("Come again after so many seconds."), "schema": {"type": "integer"}}
_HEADERS = {
    "401": {"WWW-Authenticate": {"schema": {"type": "string"}}},
    "412": {"ETag": {"schema": {"type": "string"}}},
    "429": {"Retry-After": _SECONDS},
    "503": {"Retry-After": _SECONDS},
}
_IF_MATCH = _("The `ETag` that you have seen, or the version alone: the record is changed only if it is that one.")
_KEY = _("One of your own for each call: the same call with the same key is carried out once within 24 hours.")
_IF_NONE_MATCH = _("The `ETag` of the answer that you have: 304 if it would be the same.")


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # drf-spectacular's registry has no types
    """How the schema speaks of tokens."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": _("A token made in the settings or by `manage.py create_token`, with scopes as leads:read."),
        }


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # drf-spectacular's registry has no types
    """How the schema speaks of sessions."""

    target_class = SessionAuthentication
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": settings.SESSION_COOKIE_NAME,
            "description": _("A signed-in browser; what changes something needs the header X-CSRFToken."),
        }


class AutoSchema(SpectacularAutoSchema):
    """Adds to each operation a summary, and the problems that it can answer with."""

    def get_summary(self) -> str:
        plain = {"list": "List them.", "retrieve": "Read one."}
        return plain.get(getattr(self.view, "action", "")) or self.get_description().partition("\n")[0]

    def get_override_parameters(self) -> list[Any]:
        """The conditions under which the call is made, beside the view's own parameters."""
        conditions = {}
        if self.method in SAFE_METHODS:
            conditions["If-None-Match"] = _IF_NONE_MATCH
        elif "{" in self.path:
            conditions["If-Match"] = _IF_MATCH
        if self.method == "POST":
            conditions["Idempotency-Key"] = _KEY
        return [
            OpenApiParameter(name, str, OpenApiParameter.HEADER, description=text) for name, text in conditions.items()
        ]

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        self.resolve_serializer(ProblemSerializer, direction)  # `add_answers` refers to it
        return bodies | {status: {"$ref": f"#/components/responses/{status}"} for status in sorted(self._statuses())}

    def _statuses(self) -> set[str]:
        of_one = "{" in self.path
        statuses = _ALWAYS | ({"404"} if of_one else set())
        if self.method in SAFE_METHODS:
            return statuses | _OF_READING | ({"400"} if not of_one or self._is_list_view() else set())
        return statuses | _OF_CHANGING | ({"412"} if of_one else set())


def add_answers(result: dict[str, Any], generator: Any, **_options: Any) -> dict[str, Any]:
    """Put the answers that all calls share into the schema, once: drf-spectacular's hook for the finished schema."""
    problem = {"content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    shared = {
        status: {
            "description": str(words),
            **({"headers": _HEADERS[status]} if status in _HEADERS else {}),
            **({} if status in _OF_READING else problem),
        }
        for status, words in _TOLD.items()
    }
    result["components"]["responses"] = shared
    return result


class SchemaView(SpectacularAPIView):
    """The schema as YAML, or as JSON where the caller accepts that or says `?format=json`."""

    permission_classes = [IsAuthenticated]
    throttle_classes = [CallLimit]


class DocsView(SpectacularSwaggerSplitView):
    """The schema as a page on which calls can be tried, with the reader's own session."""

    permission_classes = [IsAuthenticated]
    template_name = "workspace/api/docs.html"


def docs(**options: Any) -> Any:
    """The view of the page: who is not signed in is led to the sign-in."""

    view = DocsView.as_view(**options)

    @login_required
    def page(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, *args, **kwargs)

    return page
