"""Access tokens in the administration: the secret is shown once, when a token is made."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from workspace.administration import ActingAdmin, ActingForm
from workspace.hooks import actions, policies
from workspace.hooks.models import Token


class ScopesField(forms.CharField):
    """Scopes as one line of words."""

    def to_python(self, value: Any) -> Any:
        return str(value or "").replace(",", " ").split()


class TokenForm(ActingForm[Token]):
    """What the token of the one who makes it may do, and for how long."""

    scopes = ScopesField(
        label=_("Scopes"),
        help_text=_("Parted by spaces: leads:read, leads:write, …, or * for all that the person may do."),
    )
    days = forms.IntegerField(label=_("Days"), required=False, help_text=_("How long it lasts; for good when empty."))

    class Meta:
        model = Token
        fields = ("name",)


@admin.register(Token)
class TokenAdmin(ActingAdmin[Token]):
    """Everybody's tokens: seen and revoked, never changed. A new one speaks for the one who makes it."""

    form = TokenForm
    fields = ("name", "scopes", "days")
    list_display = ("name", "hint", "person", "scopes", "created_at", "expires_at", "last_used_at", "revoked_at")
    list_select_related = ("person",)
    search_fields = ("name", "hint", "person__name", "person__email")
    actions = ("revoke",)

    def has_revoke_permission(self, request: Any) -> bool:
        return policies.may_revoke_any(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Token | None = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Token | None = None) -> Any:
        if obj is None:
            return self.fields
        return ("person", "name", "hint", "scopes", "created_at", "expires_at", "last_used_at", "revoked_at")

    def act(self, request: Any, record: Token, values: dict[str, Any], *, is_new: bool) -> None:
        token, request.secret = actions.create(
            request.user,
            name=values["name"],
            scopes=values["scopes"],
            days=values["days"],
            by=request.user,
            at=timezone.now(),
        )
        record.pk = token.pk

    def response_add(self, request: Any, obj: Token, post_url_continue: str | None = None) -> HttpResponse:
        """Show the secret, this once: on this very answer, so that it lies in no session and no cookie."""
        context = {**self.admin_site.each_context(request), "title": obj.name, "token": obj, "secret": request.secret}
        return TemplateResponse(request, "admin/workspace_hooks/token/made.html", context)

    @admin.action(description=_("Revoke: nobody comes in with it any more"), permissions=["revoke"])
    def revoke(self, request: Any, tokens: QuerySet[Token]) -> None:
        for token in tokens:
            actions.revoke(token, by=request.user, at=timezone.now())
        done = len(tokens)
        self.message_user(request, ngettext("%d token revoked.", "%d tokens revoked.", done) % done)
