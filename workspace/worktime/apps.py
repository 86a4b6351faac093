from django.utils.translation import gettext_lazy as _

from workspace.rooms import Room


class WorktimeRoom(Room):
    name = "workspace.worktime"
    label = "workspace_worktime"
    verbose_name = _("Working time")
