"""Who may remark on a record, and who may be named beside it: those who may see it."""

from django.db.models import Model

from workspace import subjects
from workspace.people.models import Person
from workspace.people.roles import WORKING


def may_see(person: Person, record: Model) -> bool:
    """Whether `person` may open `record`. Costs one query, and two for the permissions of somebody just read."""
    kind, pk = subjects.of(record)
    return person.is_active and subjects.get(kind).visible_to(person).filter(pk=pk).exists()


def may_remark(person: Person, record: Model) -> bool:
    """Whether `person` sees `record` and does more than read here. Costs what `may_see` does, and the roles."""
    return (person.is_superuser or not person.roles.isdisjoint(WORKING)) and may_see(person, record)
