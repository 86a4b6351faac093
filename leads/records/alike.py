"""Leads that may be the same as one that is being written down, or as another one: each with what they share."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from leads.records.models import Lead, LeadQuerySet
from leads.records.telephones import telephone_key
from workspace.people.models import Person

MOST = 5
# A shorter word is in half of all names.
_SHORTEST_WORD = 3


@dataclass(frozen=True)
class Alike:
    """Another lead, and why it may be the same."""

    lead: Lead
    reason: str


def find(person: Person, values: Mapping[str, str], *, but: int | None = None) -> list[Alike]:
    """Leads that `person` sees and that share the e-mail address, external id, telephone number or name of `values`.

    The strongest reason first, each lead once. Costs a query for each of these that is filled, all by an index.
    """
    rows = Lead.objects.visible_to(person).exclude(pk=but or 0)
    found: dict[int, Alike] = {}
    for narrowed, reason in _questions(rows, values):
        for lead in narrowed.order_by("pk")[:MOST]:
            found.setdefault(lead.pk, Alike(lead, reason))
    return list(found.values())[:MOST]


def _questions(rows: LeadQuerySet, values: Mapping[str, str]) -> list[tuple[LeadQuerySet, str]]:
    given = {key: " ".join(value.replace("\x00", "").split())[:254] for key, value in values.items()}
    questions: list[tuple[LeadQuerySet, str]] = []
    if email := given.get("email", "").lower():
        questions.append((rows.filter(email=email), _("the same e-mail address")))
    if external_id := given.get("external_id", ""):
        questions.append((rows.filter(external_id=external_id), _("the same external id")))
    if phone := telephone_key(given.get("phone", "")):
        questions.append((rows.filter(phone_key=phone), _("the same telephone number")))
    first, last = given.get("first_name", ""), given.get("last_name", "")
    if len(first) >= _SHORTEST_WORD - 1 and len(last) >= _SHORTEST_WORD:
        named = rows.matching(f"{first} {last}").filter(~Q(first_name="") | ~Q(last_name=""))
        questions.append((named, _("the same name")))
    elif len(last) >= _SHORTEST_WORD and (company := given.get("company", "")):
        at_company = rows.filter(company_name__iexact=company).matching(last)
        questions.append((at_company, _("the same last name at the same company")))
    return questions
