from django.utils.translation import gettext_lazy as _

from workspace.rooms import Room


class RecordsRoom(Room):
    name = "leads.records"
    label = "leads_records"
    verbose_name = _("Leads and companies")
