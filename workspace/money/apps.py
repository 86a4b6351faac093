from django.utils.translation import gettext_lazy as _

from workspace.rooms import Room


class MoneyRoom(Room):
    name = "workspace.money"
    label = "workspace_money"
    verbose_name = _("Money")
