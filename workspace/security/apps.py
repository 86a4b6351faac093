from django.utils.translation import gettext_lazy as _

from workspace.rooms import Room


class SecurityRoom(Room):
    name = "workspace.security"
    label = "workspace_security"
    verbose_name = _("Security")

    def ready(self) -> None:
        """Besides what every room does: hear what allauth tells of sign-ins and factors."""
        super().ready()
        from workspace.security import receivers

        receivers.connect()
