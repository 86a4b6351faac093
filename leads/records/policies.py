"""Who may do what with leads and companies: asked by actions, pages, API and administration alike."""

from workspace.people.models import Person


def may_create(person: Person) -> bool:
    return person.has_perm("leads_records.add_lead")


def may_change(person: Person) -> bool:
    """Whether `person` may change leads: both departments work on the same records, so it does not depend on which."""
    return person.has_perm("leads_records.change_lead")


def may_remove(person: Person) -> bool:
    """Whether `person` may put leads into the bin and take them out again."""
    return person.has_perm("leads_records.delete_lead")


def may_define_fields(person: Person) -> bool:
    return person.has_perm("leads_records.change_customfield")


def may_change_company(person: Person) -> bool:
    return person.has_perm("leads_records.change_company")
