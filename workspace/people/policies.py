"""Who may change people and departments."""

from workspace.people.models import Person


def may_administer_people(person: Person) -> bool:
    return person.has_perm("workspace_people.change_person")
