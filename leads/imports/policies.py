"""Who may do what with imports: asked by actions, pages, API and commands alike."""

from leads.imports.models import Import
from leads.records import policies as records
from workspace.people.models import Person


def may_import(person: Person) -> bool:
    """Whether `person` may bring files in: what a file does to leads, its bringer must be allowed to do one by one."""
    return person.has_perm("leads_imports.add_import") and records.may_create(person) and records.may_change(person)


def may_continue(person: Person, import_: Import) -> bool:
    """Whether `person` may go on with, start or stop this import: its bringer, and who administers imports."""
    return may_import(person) and (import_.by_id == person.pk or person.has_perm("leads_imports.change_import"))
