from django.utils.translation import gettext_lazy as _

from workspace.rooms import Room


class HooksRoom(Room):
    name = "workspace.hooks"
    label = "workspace_hooks"
    verbose_name = _("Integrations")
