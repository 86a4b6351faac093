"""Who may see what belongs to the shell: asked by pages and navigation alike."""

from django.conf import settings

from workspace.people.models import Person
from workspace.people.roles import Role


def may_see_kit(person: Person) -> bool:
    """Developers anywhere, administrators here. Costs one query for the roles."""
    return settings.DEBUG or person.is_superuser or Role.ADMINISTRATOR.value in person.roles


def may_enter_administration(person: Person) -> bool:
    return person.is_staff
