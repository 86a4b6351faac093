"""The options that the shell reads."""

from django.utils.translation import gettext_lazy as _

from workspace.options.declared import declare

WORKSPACE_NAME = declare(
    "workspace.name",
    "smarketing",
    _("Name of the workspace"),
    help_text=_("Stands at the top of the navigation: the name of your company."),
)
