from django.utils.translation import gettext_lazy as _

from workspace.rooms import Room


class OptionsRoom(Room):
    name = "workspace.options"
    label = "workspace_options"
    verbose_name = _("Options")
