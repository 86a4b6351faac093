"""The options that the project itself reads."""

from django.utils.translation import gettext_lazy as _

from workspace.options.declared import declare

DEMO_WAS_REMOVED = declare(
    "demo.was_removed",
    False,
    _("The demo workspace was removed"),
    help_text=_("While this is so, no start loads it again."),
)
