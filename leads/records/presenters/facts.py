"""The facts of a lead and of a company as their pages list them: what is known, what can be edited in place and how."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.audience.models import BuyingRole
from leads.records import custom
from leads.records.fields import EDITABLE, FIELDS
from leads.records.models import Company, CustomField, Lead
from workspace.people.models import Person

Words = str | Promise

CUSTOM = "custom."
CONSENT_LABELS: dict[str, Words] = {
    "mail": gettext_lazy("Mail"),
    "phone": gettext_lazy("Telephone"),
    "visits": gettext_lazy("Visits"),
}
# Facts whose form holds more than one field; every other editable field is a fact of its own.
TOGETHER: dict[str, tuple[str, ...]] = {
    "name": ("first_name", "last_name", "job_title"),
    "city": ("city", "country"),
    "value": ("value", "currency"),
    "asleep_until": ("asleep_until", "asleep_reason"),
}
# Kept elsewhere on the page: the next step has its own acts.
_ELSEWHERE = {"next_step", "next_step_at"}
_IN_TOGETHER = {field for key, fields in TOGETHER.items() for field in fields}
# The fields of each fact that can be edited, by the key under which its address names it.
FACT_FIELDS: dict[str, tuple[str, ...]] = {
    **{key: (key,) for key in EDITABLE if key not in _ELSEWHERE | _IN_TOGETHER},
    **TOGETHER,
}


@dataclass(frozen=True)
class Fact:
    """One line of facts. `show` names the way its value is drawn; a fact without a `key` is not edited here."""

    label: Words
    value: Any
    key: str = ""
    show: str = "text"
    letter: str = ""
    help_text: str = ""

    @property
    def slug(self) -> str:
        """The key as a part of an element's id."""
        return self.key.replace(".", "-")


def fields_of(key: str, definitions: Mapping[str, CustomField]) -> tuple[str, ...]:
    """The fields that the form of the fact `key` holds; none for an unknown one."""
    if key.removeprefix(CUSTOM) in definitions and key.startswith(CUSTOM):
        return (key,)
    return FACT_FIELDS.get(key, ())


def company_fields_of(key: str, definitions: Mapping[str, CustomField]) -> tuple[str, ...]:
    """The same of a company."""
    if key.removeprefix(CUSTOM) in definitions and key.startswith(CUSTOM):
        return (key,)
    return COMPANY_FACT_FIELDS.get(key, ())


def who(lead: Lead) -> list[Fact]:
    """What identifies and describes the person; facts that most leads lack show only where they are known."""
    place = ", ".join(part for part in (lead.city, lead.country) if part)
    role = str(BuyingRole(lead.buying_role).label) if lead.buying_role else ""
    always = [
        _fact("email", lead.email, "email"),
        _fact("phone", lead.phone, "phone"),
        Fact(_("City"), place, "city"),
        Fact(_("Role"), role, "buying_role"),
        _fact("source", lead.source),
        Fact(_("Value"), lead, "value", "money"),
        _fact("consent", lead, "consent"),
    ]
    sometimes = [
        Fact(_("Interests"), [str(one) for one in lead.interests.all()], "interests", "marks"),
        _fact("industry", lead.industry),
        Fact(_("Id"), lead.external_id, "external_id"),
        Fact(_("CRM"), lead.crm_url, "crm_url", "link"),
    ]
    return [*always, *(fact for fact in sometimes if fact.value)]


def hands(lead: Lead) -> list[Fact]:
    """The two people who look after the lead, and its tags; who has it now is drawn between them."""
    return [
        _fact("marketer", lead.marketer, "person", "M"),
        _fact("owner", lead.owner, "person", "S"),
        Fact(_("Who has it"), lead, "asleep_until", "hands"),
        Fact(_("Tags"), [str(tag) for tag in lead.tags.all()], "tags", "marks"),
    ]


@dataclass(frozen=True)
class OwnFacts:
    """The custom fields of a record in the order of their definitions: those that have a value, and the others."""

    known: list[Fact]
    unknown: list[Fact]


def own(values: Mapping[str, Any], definitions: Iterable[CustomField]) -> OwnFacts:
    """Costs a query where a field holds a person."""
    called = [str(values[one.key]) for one in definitions if one.kind == CustomField.Kind.PERSON and one.key in values]
    people = custom.people_called(called)
    facts = [_own_fact(one, values.get(one.key), people) for one in definitions]
    return OwnFacts([fact for fact in facts if fact.value], [fact for fact in facts if not fact.value])


def _own_fact(definition: CustomField, value: Any, people: Mapping[str, Person]) -> Fact:
    show = _CUSTOM_SHOW.get(definition.kind, "text")
    if definition.kind == CustomField.Kind.PERSON and value in people:
        value, show = people[value], "person"
    else:
        value = custom.shown(definition, value)
    return Fact(definition.label, value, f"{CUSTOM}{definition.key}", show, help_text=definition.help_text)


def company(company: Company) -> list[Fact]:
    """What describes a company."""
    labels = {field.name: str(field.verbose_name).capitalize() for field in Company._meta.fields}
    place = ", ".join(part for part in (company.city, company.country) if part)
    return [
        Fact(labels["domain"], company.domain, "domain", "domain"),
        Fact(labels["industry"], company.industry, "industry"),
        Fact(labels["city"], place, "city"),
        Fact(labels["phone"], company.phone, "phone", "phone"),
        Fact(labels["people_count"], company.people_count, "people_count", "number"),
        Fact(labels["account_owner"], company.account_owner, "account_owner", "person", "S"),
        Fact(labels["customer_since_date"], company.customer_since_date, "customer_since_date", "date"),
        Fact(labels["renewal_date"], company.renewal_date, "renewal_date", "date"),
        Fact(_("Known since"), company.created_at, show="date"),
    ]


COMPANY_FACT_FIELDS: dict[str, tuple[str, ...]] = {
    **{key: (key,) for key in ("name", "domain", "industry", "phone", "people_count", "account_owner")},
    "customer_since_date": ("customer_since_date",),
    "renewal_date": ("renewal_date",),
    "city": ("city", "country"),
}

_CUSTOM_SHOW: dict[str, str] = {
    CustomField.Kind.LINK: "link",
    CustomField.Kind.CHOICES: "marks",
    CustomField.Kind.NUMBER: "number",
    CustomField.Kind.MONEY: "number",
}


def _fact(key: str, value: Any, show: str = "text", letter: str = "") -> Fact:
    return Fact(FIELDS[key].label, value, key, show, letter)
