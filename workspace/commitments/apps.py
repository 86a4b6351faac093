from django.utils.translation import gettext_lazy as _

from workspace.rooms import Room


class CommitmentsRoom(Room):
    name = "workspace.commitments"
    label = "workspace_commitments"
    verbose_name = _("Promises")
