"""What the page kit makes known: its options, and the way to the administration."""

from django.utils.translation import gettext_lazy as _

import workspace.pages.options  # noqa: F401 - declares them
from workspace.pages import policies
from workspace.pages.navigation import Place, register

register(
    Place(
        "admin",
        _("Administration"),
        "shield",
        "admin:index",
        900,
        may=policies.may_enter_administration,
        in_more=True,
    ),
)
