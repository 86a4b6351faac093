"""Who may see what belongs to the shell: asked by pages and navigation alike."""

from django.conf import settings

from workspace.people.models import Person


def may_see_kit(person: Person) -> bool:
    return settings.DEBUG or person.is_superuser


def may_enter_administration(person: Person) -> bool:
    return person.is_staff
