"""What access tokens and webhooks make known: who keeps them, and the journal's words for it; and who hears the journal."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

import workspace.hooks.options  # noqa: F401 - declares them
from workspace import subjects, verbs
from workspace.hooks import writing
from workspace.hooks.models import Endpoint, Token
from workspace.journal import actions as journal
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
subjects.register(
    subjects.Subject(
        kind="webhook",
        model=Endpoint,
        label=_("webhook"),
        url=Endpoint.get_absolute_url,
        title=str,
        visible_to=Endpoint.objects.visible_to,
    )
)
verbs.register(
    Verb("token.created", _("Access token made"), _("made a token for {scopes}"), "key-round", webhook=False),
    Verb("token.revoked", _("Access token revoked"), _("revoked the token {name}"), "key-round", webhook=False),
    Verb("webhook.made", _("Webhook made"), _("made the webhook “{name}” to {host}"), "webhook", webhook=False),
    Verb("webhook.changed", _("Webhook changed"), _("changed of “{name}”: {what}"), "webhook", webhook=False),
    Verb("webhook.stopped", _("Webhook switched off"), _("switched “{name}” off"), "unplug", webhook=False),
    Verb("webhook.switched_on", _("Webhook switched on"), _("switched “{name}” on"), "webhook", webhook=False),
    Verb(
        "webhook.switched_off",
        _("Webhook given up"),
        _("switched “{name}” off by itself: {error}"),
        "unplug",
        webhook=False,
    ),
    Verb(
        "webhook.removed", _("Webhook removed"), _("removed the webhook “{name}” to {host}"), "trash-2", webhook=False
    ),
    Verb("webhook.tried_out", _("Webhook tried out"), _("sent a test to “{name}”"), "send", webhook=False),
)
journal.on_every(writing.hear)

# For oneself: taking it from a role closes the API to its people, but for what the command line makes.
roles.grant(["workspace_hooks.add_token"], roles.EVERYBODY)
# Everybody's: to see them, and to revoke them.
roles.grant(["workspace_hooks.view_token", "workspace_hooks.change_token"], [roles.Role.ADMINISTRATOR])
roles.grant(
    [f"workspace_hooks.{act}_endpoint" for act in ("view", "add", "change", "delete")], [roles.Role.ADMINISTRATOR]
)
