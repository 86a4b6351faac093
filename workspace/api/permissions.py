"""What a token may: nothing beyond its scopes, and nothing that its person may not."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from workspace.hooks.models import Token


class InScope(BasePermission):
    """Reading takes `<resource>:read`, everything else `<resource>:write`; a session is not limited by scopes.

    The resource is the view's attribute of that name. What the person may is asked by the actions themselves.
    """

    message = ""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not isinstance(request.auth, Token):
            return True
        resource: str = view.resource
        scope = f"{resource}:{'read' if request.method in SAFE_METHODS else 'write'}"
        self.message = _("This token lacks the scope %s.") % scope
        return request.auth.allows(scope)
