"""What access tokens make known: who makes, sees and revokes them, and the journal's words for it."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from workspace import subjects, verbs
from workspace.hooks.models import Token
from workspace.people import roles
from workspace.verbs import Verb

subjects.register(
    subjects.Subject(
        kind="token",
        model=Token,
        label=_("access token"),
        url=lambda token: reverse("admin:workspace_hooks_token_change", args=[token.pk]),
        title=str,
        visible_to=Token.objects.visible_to,
    )
)
verbs.register(
    Verb("token.created", _("Access token made"), _("made a token for {scopes}"), "key-round", webhook=False),
    Verb("token.revoked", _("Access token revoked"), _("revoked the token {name}"), "key-round", webhook=False),
)

# For oneself: taking it from a role closes the API to its people, but for what the command line makes.
roles.grant(["workspace_hooks.add_token"], roles.EVERYBODY)
# Everybody's: to see them, and to revoke them.
roles.grant(["workspace_hooks.view_token", "workspace_hooks.change_token"], [roles.Role.ADMINISTRATOR])
