"""Which records can be followed, and whose they are: their owners follow them without saying so."""

from collections.abc import Iterator

from django.db.models import Model

from workspace import subjects
from workspace.notices.models import Follow
from workspace.people.models import Person
from workspace.registry import Registry

_owners: Registry[tuple[str, ...]] = Registry("kind of record that is followed")


def register(kind: str, *owners: str) -> None:
    """Let records of `kind` be followed; `owners` are the fields that name whose record it is.

    Raises:
        ValueError: the kind is registered already.
    """
    _owners.add(kind, owners)


def entries() -> dict[str, tuple[str, ...]]:
    """All kinds with their owners' fields, for the guard test."""
    return dict(_owners)


def owner_columns() -> Iterator[tuple[str, str, str]]:
    """Kind, table and column of every field that names an owner."""
    for kind, owners in _owners.items():
        model = subjects.get(kind).model
        for owner in owners:
            yield kind, model._meta.db_table, str(model._meta.get_field(owner).column)  # type: ignore[union-attr]


def is_owner(person: Person, record: Model) -> bool:
    """Whether `record` is the person's own. Costs no query."""
    kind, _pk = subjects.of(record)
    return any(getattr(record, f"{owner}_id") == person.pk for owner in _owners.get(kind, ()))


def follows(person: Person, record: Model) -> bool:
    """Whether `person` is told what happens to `record`. Costs one query."""
    kind, pk = subjects.of(record)
    chosen = Follow.objects.filter(person=person, subject_kind=kind, subject_id=pk).values_list("is_muted", flat=True)
    is_muted = chosen.first()
    return is_owner(person, record) if is_muted is None else not is_muted
