"""Who may change calendars and absences: asked by actions, pages and administration alike."""

from django.db.models import QuerySet

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


def whose_absence_may_be_said(person: Person) -> QuerySet[Person]:
    """Of whom `person` may say that they are away, as `may_change_absence` says. Costs up to two queries beside its own."""
    here = Person.objects.active()
    if may_keep_calendars(person):
        return here
    if Role.DEPARTMENT_LEAD.value in person.roles:
        return (here.filter(departments__key__in=person.department_keys) | here.filter(pk=person.pk)).distinct()
    return here.filter(pk=person.pk)


def leads_one_of(person: Person, department_keys: list[str]) -> bool:
    """Whether `person` leads one of these departments. Costs up to two queries."""
    return Role.DEPARTMENT_LEAD.value in person.roles and not set(department_keys).isdisjoint(person.department_keys)
