from django.utils.translation import gettext_lazy as _

from workspace.rooms import Room


class JournalRoom(Room):
    name = "workspace.journal"
    label = "workspace_journal"
    verbose_name = _("Journal")
