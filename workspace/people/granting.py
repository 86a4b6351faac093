"""Granting the roles' default permissions after migrations, each once."""

from typing import Any

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db import transaction

from workspace.people import roles
from workspace.people.models import Department, GrantedDefault
from workspace.rooms import is_last

NAMES = {Department.Key.MARKETING: "Marketing", Department.Key.SALES: "Sales"}


@transaction.atomic
def grant_defaults(app_config: Any, **_signal: Any) -> None:
    """Make departments and roles, and grant what no earlier run has granted; what was taken away stays away.

    Runs once, after the last app's own `post_migrate` step has made its permissions.
    """
    if not is_last(app_config):
        return
    for key, name in NAMES.items():
        Department.objects.get_or_create(key=key, defaults={"name": name})
    for config in apps.get_app_configs():
        create_permissions(config, verbosity=0)
    by_name = {
        f"{app}.{code}": pk
        for pk, app, code in Permission.objects.values_list("pk", "content_type__app_label", "codename")
    }
    granted = set(GrantedDefault.objects.values_list("role", "permission"))
    for role, permissions in roles.entries().items():
        group, _made = Group.objects.get_or_create(name=role)
        fresh = {name for name in permissions if (role, name) not in granted}
        group.permissions.add(*(by_name[name] for name in fresh))
        GrantedDefault.objects.bulk_create([GrantedDefault(role=role, permission=name) for name in sorted(fresh)])
