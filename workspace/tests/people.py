"""People of tests, by name, role and departments."""

from workspace.people.actions import add_person
from workspace.people.models import Person
from workspace.people.roles import Role
from workspace.tests.moments import NOW


def person(name: str, role: Role, departments: str) -> Person:
    """Somebody with an address made of their first name."""
    first = name.split(maxsplit=1)[0].lower()
    return add_person(f"{first}@fennmark.example", name=name, role=role, departments=departments, by=None, at=NOW)
