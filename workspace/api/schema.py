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

_ALWAYS = {
    "401": "Who calls is not known.",
    "403": "The caller may not do this, or the token lacks the scope.",
    "429": "The caller used up this minute; `Retry-After` says when the next one begins.",
}
_INVALID = {"400": "Something that was given does not fit."}
_OF_ONE = {"404": "There is none, or the caller may not see it."}
_OF_BODIES = {"413": "The body is too large.", "415": "The body is no JSON."}
_CONFLICT = {"409": "Somebody was first; the record as it is now is told beside."}
_STALE = {"412": "The record is not the one that `If-Match` names; the tag of the present one is in `ETag`."}
_UNCHANGED = {"304": {"description": "What `If-None-Match` names is still what is there."}}
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
        if self.method in SAFE_METHODS:
            bodies |= _UNCHANGED
        problem = self.resolve_serializer(ProblemSerializer, direction).ref
        told = {
            code: {"description": text, "content": {CONTENT_TYPE: {"schema": problem}}} for code, text in self._errors()
        }
        return bodies | told

    def _errors(self) -> list[tuple[str, str]]:
        changes = self.method not in SAFE_METHODS
        of_one = "{" in self.path
        errors = _ALWAYS | (_OF_ONE if of_one else {})
        if changes or not of_one or self._is_list_view():
            errors |= _INVALID
        if changes:
            errors |= _OF_BODIES | _CONFLICT | (_STALE if of_one else {})
        return sorted(errors.items())


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
