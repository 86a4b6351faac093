"""The options that imports read."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workspace.options.declared import declare

MOST_DAYS = 3_650


def _check_days(days: int) -> None:
    if not 1 <= days <= MOST_DAYS:
        raise ValidationError({"value": _("Files are kept for 1 to %d days.") % MOST_DAYS})


KEEP_DAYS = declare(
    "imports.keep_days",
    90,
    gettext_lazy("Days for which the files of imports are kept"),
    help_text=gettext_lazy("The files as they were brought, and those of their refused rows; the leads stay."),
    check=_check_days,
)
