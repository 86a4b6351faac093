from django.utils.translation import gettext_lazy as _

from workspace.rooms import Room


class RemarksRoom(Room):
    name = "workspace.remarks"
    label = "workspace_remarks"
    verbose_name = _("Remarks")
