"""From a reference as people give it (an id, a name, an address) to the record meant, alike in bodies, files and forms."""

from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Model, Q, QuerySet, Value
from django.utils.translation import gettext as _

from leads.audience.models import Persona
from leads.funnel.models import Campaign, Definition, Interest, Offering, Reason, Source, Stage, Tag
from leads.records.fields import FIELDS, Kind, LeadField
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
_MADE: dict[str, type[Definition]] = {
    "source": Source,
    "campaign": Campaign,
    "offering": Offering,
    "interest": Interest,
    "tag": Tag,
}


def find(refers_to: str, given: object) -> Model | None:
    """The record that `given` (a record, an id or a name) means, the oldest where several bear the name; None for no one."""
    if isinstance(given, Model):
        return given
    rows, by_name = _SOUGHT[refers_to]
    if isinstance(given, int):
        return rows().filter(pk=given).first()
    text = str(given).strip()
    found = rows().filter(by_name(text)).order_by("pk").first()
    if found is None and text.isascii() and text.isdigit() and len(text) < 19:  # noqa: PLR2004 - digits of a bigint
        found = rows().filter(pk=int(text)).first()
    result: Model | None = found
    return result


def find_or_make(field: LeadField, given: object) -> Model:
    """The record that `given` means; an unknown source, campaign, tag, offering, interest or company is made.

    Raises:
        ValidationError: there is none, and the field does not make one.
    """
    found = find(field.refers_to, given)
    if found is not None:
        return found
    if isinstance(given, int) or not field.makes or field.refers_to not in {*_MADE, "company"}:
        raise ValidationError(
            _("No %(kind)s is called “%(given)s”.") % {"kind": str(field.label).lower(), "given": str(given)[:80]}
        )
    name = str(given)
    if field.refers_to == "company":
        return Company.objects.create(name=name[:200])
    model = _MADE[field.refers_to]
    try:
        with transaction.atomic():
            made: Model = model._default_manager.create(name=name[:120])
    except IntegrityError:  # somebody made it in this very moment
        made = model._default_manager.get(name__iexact=name)
    return made


def resolve(cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """`cleaned` with each reference turned into its record.

    Raises:
        ValidationError: by field, all that could not be found at once.
    """
    resolved: dict[str, Any] = {}
    errors: dict[str, list[str]] = {}
    for key, value in cleaned.items():
        field = FIELDS[key]
        try:
            if field.kind is Kind.REFERENCE and value is not None:
                resolved[key] = find_or_make(field, value)
            elif field.kind is Kind.REFERENCES:
                resolved[key] = [find_or_make(field, one) for one in value]
            else:
                resolved[key] = value
        except ValidationError as error:
            errors[key] = error.messages
    if errors:
        raise ValidationError(errors)
    return resolved
