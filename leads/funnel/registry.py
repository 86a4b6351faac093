"""Who defines the funnel, and the funnel that a new workspace begins with."""

from typing import Any

from django.db.models.signals import post_migrate

from leads.funnel import actions, templates
from leads.funnel.models import Stage
from workspace.people import roles
from workspace.rooms import is_last

_MODELS = ("stage", "reason", "source", "campaign", "tag", "offering", "interest")

roles.grant([f"leads_funnel.view_{model}" for model in _MODELS], roles.EVERYBODY)
roles.grant(
    [f"leads_funnel.{act}_{model}" for model in _MODELS for act in ("add", "change", "delete")],
    [roles.Role.ADMINISTRATOR],
)


def _begin(app_config: Any, **_signal: Any) -> None:
    if is_last(app_config) and not Stage.objects.exists():
        actions.lay_out(templates.classic())


post_migrate.connect(_begin, dispatch_uid="leads.funnel.begin")
