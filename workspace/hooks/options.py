"""The options of webhooks."""

from typing import Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workspace.options.declared import declare

_MOST_DAYS: Final = 365


def _check(days: int) -> None:
    if not 1 <= days <= _MOST_DAYS:
        raise ValidationError({"value": _("From 1 to %d days.") % _MOST_DAYS})


KEEP_DAYS: Final = declare(
    "hooks.keep_days",
    30,
    gettext_lazy("Days for which the log of webhooks is kept"),
    help_text=gettext_lazy("So long a message can be sent again. One that could not be delivered until then is lost."),
    check=_check,
)
