"""Who defines the funnel, and the funnel that a new workspace begins with."""

from typing import Any

from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from leads.funnel import actions, templates
from leads.funnel.defining import definition_subject
from leads.funnel.models import DEFINITIONS, Reason, Stage
from workspace import subjects, verbs
from workspace.people import roles
from workspace.rooms import is_last
from workspace.verbs import Verb

subjects.register(definition_subject(Stage))
subjects.register(definition_subject(Reason))
for model in DEFINITIONS:
    subjects.register(definition_subject(model))

verbs.register(
    Verb("definition.added", _("Definition added"), _("added the {what} “{name}”"), "plus"),
    Verb("definition.changed", _("Definition changed"), _("changed the {what} “{name}”: {fields}"), "pencil"),
)

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
