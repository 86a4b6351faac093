"""The options of promises."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from workspace.options.declared import declare


def _within(lowest: int, highest: int, hours: int) -> None:
    if not lowest <= hours <= highest:
        raise ValidationError(
            {"value": _("From %(lowest)d to %(highest)d hours.") % {"lowest": lowest, "highest": highest}}
        )


PRACTICE = declare(
    "commitments.practice",
    True,
    _("Clocks of promises are in practice mode"),
    help_text=_("They are shown, but nothing is red, nobody is told of late ones, and nothing counts."),
)
ESCALATE_AGAIN_HOURS = declare(
    "commitments.escalate_again_hours",
    9,
    _("Working hours until a missed promise goes to the revenue lead"),
    help_text=_("The lead of the owing department is told at once."),
    check=lambda hours: _within(1, 400, hours),
)
