"""What the project makes known: its options, My day, and the way to remove the demo workspace."""

from django.utils.translation import gettext_lazy as _

import smarketing.options  # noqa: F401 - declares them
from smarketing.home import waiting
from workspace.pages import navigation

navigation.register(
    navigation.Place(
        "home", _("My day"), "sun", "home", 10, badge=waiting.badge, sums_badges=True, phone=True,
    )
)  # fmt: skip
