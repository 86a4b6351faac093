"""Roles: auth groups whose default permissions each room declares in its `registry.py`.

A default is granted once, after the migration that brings it; what an administrator takes away later stays away.
"""

from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    MARKETER = "marketer", _("Marketer")
    REP = "rep", _("Rep")
    DEPARTMENT_LEAD = "department lead", _("Department lead")
    REVENUE_LEAD = "revenue lead", _("Revenue lead")
    ADMINISTRATOR = "administrator", _("Administrator")
    READ_ONLY = "read-only", _("Read-only")


EVERYBODY = tuple(Role)
WORKING = tuple(role for role in Role if role is not Role.READ_ONLY)

_defaults: dict[str, set[str]] = {}


def grant(permissions: Iterable[str], roles: Iterable[Role]) -> None:
    """Declare that `roles` hold `permissions` (`app_label.codename`) unless an administrator decides otherwise."""
    for role in roles:
        _defaults.setdefault(role.value, set()).update(permissions)


def entries() -> dict[str, set[str]]:
    """Permissions by role name, for the step after migrations and for the guard test."""
    return {role: set(permissions) for role, permissions in _defaults.items()}
