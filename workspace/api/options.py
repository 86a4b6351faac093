"""How much one caller may ask of the API."""

from typing import Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workspace.options.declared import declare

FEWEST, MOST = 10, 100_000


def _check(calls: int) -> None:
    if not FEWEST <= calls <= MOST:
        raise ValidationError({"value": _("From %(fewest)d to %(most)d.") % {"fewest": FEWEST, "most": MOST}})


CALLS_OF_TOKEN: Final = declare(
    "api.calls_of_token",
    600,
    gettext_lazy("Calls of an access token a minute"),
    help_text=gettext_lazy("What an integration asks beyond that is answered with 429 and when to come again."),
    check=_check,
)
CALLS_OF_SESSION: Final = declare(
    "api.calls_of_session",
    1_200,
    gettext_lazy("Calls of a signed-in browser to the API a minute"),
    check=_check,
)
