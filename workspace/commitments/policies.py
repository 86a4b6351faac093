"""Who may do what with a commitment: asked by actions, pages and API alike.

Whoever owes a promise says when it is kept; whom it is owed to may stop its clock or let go of it. Private work is its
debtor's alone.
"""

from workspace.commitments.models import Commitment
from workspace.people.models import Person
from workspace.people.roles import Role

CHANGE = "workspace_commitments.change_commitment"


def may_promise(person: Person) -> bool:
    """Whether `person` can make a promise at all: for one of two departments that they belong to."""
    return person.has_perm(CHANGE) and bool(person.department_keys)


def may_finish(person: Person, commitment: Commitment) -> bool:
    """The debtor, and for a promise their department: a colleague may keep it for somebody who is away."""
    if not person.has_perm(CHANGE):
        return False
    return commitment.debtor_id == person.pk or (commitment.is_promise and _is_debtors_side(person, commitment))


def may_pause(person: Person, commitment: Commitment) -> bool:
    """Whom a promise is owed to, and who leads those that owe it: nobody stops their own clock. One's own work has none."""
    if not commitment.is_promise:
        return False
    leads_debtors = Role.DEPARTMENT_LEAD.value in person.roles and _is_debtors_side(person, commitment)
    return person.has_perm(CHANGE) and (_is_creditors_side(person, commitment) or leads_debtors)


def may_cancel(person: Person, commitment: Commitment) -> bool:
    """Whom it is owed to; one's own work oneself, unless it goes with a record where it is changed."""
    if not commitment.is_promise:
        return commitment.debtor_id == person.pk and commitment.definition.finish is None
    return person.has_perm(CHANGE) and _is_creditors_side(person, commitment)


def may_start_clocks(person: Person) -> bool:
    return Role.REVENUE_LEAD.value in person.roles


def _is_debtors_side(person: Person, commitment: Commitment) -> bool:
    department = commitment.debtor_department
    return department is not None and department.key in person.department_keys


def _is_creditors_side(person: Person, commitment: Commitment) -> bool:
    department = commitment.creditor_department
    return department is not None and department.key in person.department_keys
