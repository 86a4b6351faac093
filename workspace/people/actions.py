"""Making a person; what happens to people afterwards is `workspace.staff`, above the journal that tells of it."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from workspace.people import policies
from workspace.people.models import Department, Person
from workspace.people.roles import Role


def demand_administrator(by: Person | None) -> None:
    """Raise PermissionDenied unless `by` administers people; None is the workspace itself."""
    if by is not None and not policies.may_administer_people(by):
        raise PermissionDenied(_("Only administrators may change who works here."))


def demand_active(people: Iterable[int], field: str) -> None:
    """Raise ValidationError for `field` unless all of them work here, and let nobody go of them until the transaction ends.

    The lock is one that many hold at a time, and that letting somebody go waits for. Foreign keys take it too late: they are
    checked at the end.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, is_active FROM workspace_people_person WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE",
            [sorted(set(people))],
        )
        gone = [pk for pk, is_active in cursor.fetchall() if not is_active]
    if gone:
        raise ValidationError({field: _("%s works here no more.") % Person.objects.get(pk=gone[0])})


@transaction.atomic
def add_person(
    email: str,
    *,
    name: str,
    role: Role,
    departments: Iterable[str],
    by: Person | None,
    at: datetime,
    password: str | None = None,
    time_zone: str = "UTC",
    is_demo: bool = False,
) -> Person:
    """Make a person without an invitation, in departments by their letters: for the demo workspace and for tests.

    Raises:
        PermissionDenied: `by` is no administrator.
    """
    demand_administrator(by)
    person = Person.objects.create_user(email, password, name=name, time_zone=time_zone, is_demo=is_demo, joined_at=at)
    person.departments.set(Department.objects.filter(key__in=list(departments)))
    give_role(person, role)
    return person


def give_role(person: Person, role: Role) -> None:
    """Let `person` have this one role; an administrator may enter the administration."""
    person.groups.set([Group.objects.get_or_create(name=role.value)[0]])
    person.is_staff = role is Role.ADMINISTRATOR
    person.save(update_fields=["is_staff"])
