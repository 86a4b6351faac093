"""The smallest valid people, companies and leads; stages and roles are there after the migrations."""

from datetime import UTC, datetime, timedelta
from typing import Any

import factory
from django.db.models import Model
from factory.django import DjangoModelFactory

from leads.funnel.models import Reason, Stage
from leads.records import actions
from leads.records.models import Company, Lead
from workspace.people import actions as people
from workspace.people.models import Person
from workspace.people.roles import Role

# A Tuesday noon on which tests begin, unless they say otherwise.
NOON = datetime(2026, 11, 17, 12, tzinfo=UTC)


class PersonFactory(DjangoModelFactory[Person]):
    """A colleague: a rep of sales unless `role` and `departments` (letters) say otherwise."""

    class Meta:
        model = Person

    name = factory.Sequence(lambda number: f"Colleague {number}")
    email = factory.LazyAttribute(lambda person: f"{person.name.lower().replace(' ', '.')}@fennmark.example")
    role = Role.REP
    departments = ("S",)

    @classmethod
    def _create(cls, model_class: type[Person], *args: Any, **kwargs: Any) -> Person:
        return people.add_person(kwargs.pop("email"), by=None, at=NOON, **kwargs)


class CompanyFactory(DjangoModelFactory[Company]):
    """A company with a name and nothing else."""

    class Meta:
        model = Company

    name = factory.Sequence(lambda number: f"Company {number}")

    @classmethod
    def _create(cls, model_class: type[Company], *args: Any, **kwargs: Any) -> Company:
        at, by = kwargs.pop("created_at", NOON), kwargs.pop("by", None)
        return actions.create_company(kwargs, by=by, at=at)


class LeadFactory(DjangoModelFactory[Lead]):
    """A lead with an e-mail address in the first stage, made by the action: with its deal, passage and journal entry.

    Takes what `actions.create` takes; references may be records, ids or names.
    """

    class Meta:
        model = Lead

    email = factory.Sequence(lambda number: f"lead{number}@kestrel.example")

    @classmethod
    def _create(cls, model_class: type[Lead], *args: Any, **kwargs: Any) -> Lead:
        at, by = kwargs.get("created_at") or NOON, kwargs.pop("by", None)
        given = {key: value.pk if isinstance(value, Model) else value for key, value in kwargs.items()}
        made = actions.create(given, by=by, at=at)
        return Lead.objects.for_page().get(pk=made.pk)


def person(name: str = "Sami Rep", role: Role = Role.REP, *departments: str) -> Person:
    """A colleague by name; a rep belongs to sales, a marketer to marketing, unless departments are given."""
    own = {Role.MARKETER: "M", Role.REVENUE_LEAD: "MS"}.get(role, "S")
    return PersonFactory.create(name=name, role=role, departments=departments or tuple(own))


def lead(email: str = "", **values: Any) -> Lead:
    """A lead; see `LeadFactory`."""
    return LeadFactory.create(**({"email": email} if email else {}), **values)


def stage(slug: str) -> Stage:
    return Stage.objects.get(slug=slug)


def closed_lead(slug: str = "won", at: datetime = NOON + timedelta(days=1), **values: Any) -> Lead:
    """A lead whose current deal ended in the stage `slug` (won, lost, disqualified)."""
    to = stage(slug)
    reason = Reason.objects.filter(kind=to.kind, asks_text=False).first()
    moved = actions.move(lead(**values), to, by=None, at=at, reason=reason)
    return Lead.objects.for_page().get(pk=moved.pk)
