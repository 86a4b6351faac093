"""Who may do what with leads and companies: asked by actions, pages, API and administration alike."""

from leads.records.models import Segment
from workspace.people.models import Department, Person


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


def may_merge(person: Person) -> bool:
    """Whether `person` may make one lead of two, and two of them again: one is changed, and one goes."""
    return may_change(person) and may_remove(person)


def may_change_company(person: Person) -> bool:
    return person.has_perm("leads_records.change_company")


def may_save_lists(person: Person) -> bool:
    """Whoever sees leads may save a list of them."""
    return person.has_perm("leads_records.view_lead")


def may_share_with_all(person: Person) -> bool:
    """Whether `person` may put a saved list before everybody, and look after shared ones whose owners are busy or gone."""
    return person.has_perm("leads_records.share_segment")


def may_share(person: Person, sharing: str, department: Department | None) -> bool:
    """Whether `person` may share a saved list so: with one's own department everybody may."""
    if sharing == Segment.Sharing.PRIVATE or may_share_with_all(person):
        return True
    return department is not None and department.key in person.department_keys


def may_change_segment(person: Person, segment: Segment) -> bool:
    """Its owner may; of a shared list, whoever may share with everybody, too."""
    if segment.owner_id == person.pk:
        return True
    return segment.sharing != Segment.Sharing.PRIVATE and may_share_with_all(person)
