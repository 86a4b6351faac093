"""Who may see the developers' page."""

from django.conf import settings

from workspace.people.models import Person


def may_see_kit(person: Person) -> bool:
    return settings.DEBUG or person.is_superuser
