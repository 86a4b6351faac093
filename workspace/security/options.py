"""The option of whom a second factor is demanded."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workspace.options.declared import declare
from workspace.people.roles import Role


def _check(roles: list[str]) -> None:
    unknown = [role for role in roles if role not in Role.values]
    if unknown:
        raise ValidationError({"value": _("There is no role “%s”.") % unknown[0]})


SECOND_FACTOR_ROLES = declare(
    "security.second_factor_roles",
    list[str](),
    gettext_lazy("Roles that need a second factor"),
    help_text=gettext_lazy(
        "Whoever holds one of these and has no second factor sets one up before anything else. Set it under "
        "“My settings → How people sign in”."
    ),
    check=_check,
)
