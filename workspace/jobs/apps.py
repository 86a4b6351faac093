from django.utils.translation import gettext_lazy as _

from workspace.rooms import Room


class JobsRoom(Room):
    name = "workspace.jobs"
    label = "workspace_jobs"
    verbose_name = _("Jobs")
