"""Who may change calendars and absences: asked by actions, pages and administration alike."""

from workspace.people.models import Person
from workspace.people.roles import Role
from workspace.worktime.models import Absence, Calendar

_KEEPS = "workspace_worktime.change_calendar"


def may_keep_calendars(person: Person) -> bool:
    """Whether `person` looks after everybody's calendars."""
    return person.has_perm(_KEEPS)


def may_change(person: Person, calendar: Calendar) -> bool:
    """Keepers change all, department leads their department's and its people's, everybody their own."""
    if may_keep_calendars(person) or calendar.person_id == person.pk:
        return True
    if calendar.department is not None:
        return leads_one_of(person, [calendar.department.key])
    return calendar.person is not None and leads_one_of(person, calendar.person.department_keys)


def may_change_absence(person: Person, absence: Absence) -> bool:
    """One's own, and those of the people one leads or keeps calendars for."""
    return (
        absence.person_id == person.pk
        or may_keep_calendars(person)
        or leads_one_of(person, absence.person.department_keys)
    )


def leads_one_of(person: Person, department_keys: list[str]) -> bool:
    """Whether `person` leads one of these departments. Costs up to two queries."""
    return Role.DEPARTMENT_LEAD.value in person.roles and not set(department_keys).isdisjoint(person.department_keys)
