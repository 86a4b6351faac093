from django.utils.translation import gettext_lazy as _

from workspace.rooms import Room


class AudienceRoom(Room):
    name = "leads.audience"
    label = "leads_audience"
    verbose_name = _("Audience")
