"""People as the directory shows them: under the department they belong to, leads first."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workspace.people.models import Department, Person
from workspace.people.roles import Role

_FIRST = [Role.REVENUE_LEAD, Role.DEPARTMENT_LEAD, Role.ADMINISTRATOR]


@dataclass(frozen=True)
class Colleague:
    person: Person
    roles: list[str | Promise]


@dataclass(frozen=True)
class Side:
    """A department, both, or none, with who belongs there."""

    key: str
    title: str | Promise
    people: list[Colleague]


def sides(departments: Iterable[Department], people: Iterable[Person]) -> list[Side]:
    """Marketing, sales, those of both, and the others; empty ones are left out. `people` come with both relations."""
    names: dict[str, str | Promise] = {department.key: department.name for department in departments}
    names |= {"MS": _("Both departments"), "": _("Beside the departments")}
    by_key: dict[str, list[Colleague]] = {key: [] for key in names}
    for person in sorted(people, key=_rank):
        labels = [Role(role).label for role in sorted(person.roles) if role in Role.values]
        by_key["".join(person.department_keys)].append(Colleague(person, list(labels)))
    return [Side(key, names[key], colleagues) for key, colleagues in by_key.items() if colleagues]


def _rank(person: Person) -> int:
    """Leads before their people; within, the order given stays."""
    return next((place for place, role in enumerate(_FIRST) if role in person.roles), len(_FIRST))
