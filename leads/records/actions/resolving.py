"""From what people give to the records meant; an unknown source, campaign, tag, offering, interest or company is made."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from leads.funnel.actions import tell_added
from leads.funnel.models import Campaign, Definition, Interest, Offering, Source, Tag
from leads.records import references
from leads.records.fields import FIELDS, Kind, LeadField
from leads.records.models import Company
from workspace.journal import actions as journal
from workspace.people.actions import demand_active
from workspace.people.models import Person

_MADE: dict[str, type[Definition]] = {
    "source": Source,
    "campaign": Campaign,
    "offering": Offering,
    "interest": Interest,
    "tag": Tag,
}


@dataclass(frozen=True)
class Origin:
    """By whom and when something was given, and whether it belongs to the demo workspace."""

    by: Person | None
    at: datetime
    is_demo: bool = False


def resolve(cleaned: Mapping[str, Any], origin: Origin) -> dict[str, Any]:
    """`cleaned` with each reference turned into its record. Who is named stays until the transaction ends.

    Raises:
        ValidationError: by field, all that could not be found at once.
    """
    resolved: dict[str, Any] = {}
    errors: dict[str, list[str]] = {}
    for key, value in cleaned.items():
        field = FIELDS[key]
        try:
            if field.kind is Kind.REFERENCE and value is not None:
                resolved[key] = _find_or_make(field, value, origin)
            elif field.kind is Kind.REFERENCES:
                resolved[key] = [_find_or_make(field, one, origin) for one in value]
            else:
                resolved[key] = value
        except ValidationError as error:
            errors[key] = error.messages
    if errors:
        raise ValidationError(errors)
    for key, value in resolved.items():
        if isinstance(value, Person):
            demand_active([value.pk], key)
    return resolved


def _find_or_make(field: LeadField, given: object, origin: Origin) -> Model:
    found = references.find(field.refers_to, given)
    if found is not None:
        return found
    if isinstance(given, int) or field.refers_to not in {*_MADE, "company"}:
        raise ValidationError(
            _("No %(kind)s is called “%(given)s”.") % {"kind": str(field.label).lower(), "given": str(given)[:80]}
        )
    if field.refers_to == "company":
        return company_called(str(given), origin)
    return _defined(_MADE[field.refers_to], str(given), origin)


def _defined(model: type[Definition], name: str, origin: Origin) -> Definition:
    if len(name) > 120:  # noqa: PLR2004 - the column's length
        raise ValidationError(_("A name has 120 characters at most."))
    try:
        with transaction.atomic():
            made: Definition = model._default_manager.create(name=name, is_demo=origin.is_demo)
            tell_added([made], by=origin.by, at=origin.at)
    except IntegrityError:  # somebody made it in this very moment
        made = model._default_manager.get(name__iexact=name)
    return made


def company_called(name: str, origin: Origin, *, domain: str = "") -> Company:
    """The living company of this name, made if there is none; two who name it at the same moment get the same one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(leads_fold(%s)))", [name])
    known = references.find("company", domain or name)
    if isinstance(known, Company):
        return known
    company = Company.objects.create(name=name, domain=domain, created_at=origin.at, is_demo=origin.is_demo)
    journal.record(
        "company.created", subject=company, by=origin.by, at=origin.at, is_demo=origin.is_demo, name=company.name
    )
    return company
