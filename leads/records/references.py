"""From a reference as people give it (an id, a name, an address) to the record meant, alike in bodies, files and forms."""

from collections.abc import Callable
from typing import Any

from django.db.models import Model, Q, QuerySet, Value

from leads.audience.models import Persona
from leads.funnel.models import Campaign, Interest, Offering, Reason, Source, Stage, Tag
from leads.records.models import Company
from leads.records.models.folding import Fold
from workspace.people.models import Person

Find = Callable[[str], Q]

# By which words each kind of record is found, and among which records.
_SOUGHT: dict[str, tuple[Callable[[], QuerySet[Any]], Find]] = {
    "person": (Person.objects.active, lambda name: Q(email__iexact=name)),
    "stage": (Stage.objects.active, lambda name: Q(slug=name) | Q(name__iexact=name)),
    "persona": (Persona.objects.all, lambda name: Q(name__iexact=name)),
    "reason": (Reason.objects.all, lambda name: Q(name__iexact=name)),
    "source": (Source.objects.all, lambda name: Q(name__iexact=name)),
    "campaign": (Campaign.objects.all, lambda name: Q(name__iexact=name)),
    "offering": (Offering.objects.all, lambda name: Q(name__iexact=name)),
    "interest": (Interest.objects.all, lambda name: Q(name__iexact=name)),
    "tag": (Tag.objects.all, lambda name: Q(name__iexact=name)),
    "company": (Company.objects.living, lambda name: Q(domain=name.lower()) | Q(sort_name=Fold(Value(name)))),
}


def find(refers_to: str, given: object, *, retired: bool = False) -> Model | None:
    """The record that `given` (a record, an id or a name) means, the oldest where several bear the name; None for no one.

    With `retired` also one that is no longer in use, for lists of what refers to it still.
    """
    if isinstance(given, Model):
        return given
    rows, by_name = _SOUGHT[refers_to]
    if retired:
        rows = rows().model._default_manager.all
    if isinstance(given, int):
        return rows().filter(pk=given).first()
    text = str(given).strip()
    found = rows().filter(by_name(text)).order_by("pk").first()
    result: Model | None = found
    return result


def find_reason(kind: str, given: object) -> Reason | None:
    """The reason of the list `kind` that `given` (a reason, an id or a name) means; each list has an “Other” of its own."""
    found = find("reason", given) if not isinstance(given, str) or given.isdigit() else None
    if isinstance(found, Reason):
        return found
    return Reason.objects.filter(kind=kind, name__iexact=str(given).strip()).order_by("pk").first()
