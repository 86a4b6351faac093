from django.utils.translation import gettext_lazy as _

from workspace.rooms import Room


class PeopleRoom(Room):
    name = "workspace.people"
    label = "workspace_people"
    verbose_name = _("People")
