"""Currencies: their codes, signs and the workspace's own one."""

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from workspace.options.declared import declare

SIGNS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "INR": "₹", "CNY": "CN¥", "KRW": "₩"}

validate_currency = RegexValidator(r"^[A-Z]{3}\Z", _("A currency has three letters, as in EUR or USD."))


def _known_form(code: str) -> None:
    try:
        validate_currency(code)
    except ValidationError as error:
        raise ValidationError({"value": error.messages}) from error


CURRENCY = declare(
    "workspace.currency",
    "EUR",
    _("Currency of the workspace"),
    help_text=_("Sums over several currencies are shown in this one, by the dated rates of the administration."),
    check=_known_form,
)
