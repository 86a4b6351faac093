from django.utils.translation import gettext_lazy as _

from workspace.rooms import Room


class IntegrationsRoom(Room):
    name = "workspace.integrations"
    label = "workspace_integrations"
    verbose_name = _("Integrations")
