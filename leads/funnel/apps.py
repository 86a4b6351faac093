from django.utils.translation import gettext_lazy as _

from workspace.rooms import Room


class FunnelRoom(Room):
    name = "leads.funnel"
    label = "leads_funnel"
    verbose_name = _("Funnel")
