from django.utils.translation import gettext_lazy as _

from workspace.rooms import Room


class NoticesRoom(Room):
    name = "workspace.notices"
    label = "workspace_notices"
    verbose_name = _("Notices")
