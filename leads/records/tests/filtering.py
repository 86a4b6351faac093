"""Leads to be found by the filters of the list, and the filters as a page reads them."""

from datetime import timedelta

from django.contrib.auth.models import AnonymousUser
from django.http import QueryDict
from django.test import RequestFactory

from leads.audience.models import Persona
from leads.records import actions
from leads.records.filters import LeadFilter
from leads.records.models import CustomField, Lead
from leads.records.tests.factories import NOON, CompanyFactory, lead
from workspace.people.models import Person


def leads(query: str, by: Person | None = None) -> LeadFilter:
    request = RequestFactory().get("/")
    request.user = by or AnonymousUser()
    return LeadFilter(QueryDict(query), Lead.objects.living(), request=request)


def two_leads(sami: Person, mara: Person) -> tuple[Lead, Lead]:
    """Ada has everything by which one can filter, and Ben has nothing of it."""
    company = CompanyFactory.create(name="Kestrel Öl", domain="kestrel.example")
    Persona.objects.create(name="Plant manager")
    for key, kind in (("tier", "choice"), ("sites", "number"), ("eu__wide", "yes_no"), ("uses", "choices")):
        CustomField.objects.create(key=key, label=key.title(), kind=kind)
    ada = lead(
        "ada@kestrel.example",
        first_name="Ada",
        last_name="Björk",
        external_id="X-1",
        company=company,
        industry="Mining",
        country="Sweden",
        city="Kiruna",
        source="Fair",
        campaign="Spring",
        persona="Plant manager",
        offering="Pump",
        interests=["Valves"],
        tags=["Hot", "Nordic"],
        stage="mql",
        owner=sami.email,
        marketer=mara.email,
        phone="+46 980 12345",
        value="1200",
        custom={"tier": "gold", "sites": 3, "eu__wide": True, "uses": ["oil", "gas"]},
        created_at=NOON - timedelta(days=40),
    )
    actions.change(ada, {"asleep_until": "2026-12-24", "asleep_reason": "Budget"}, by=None, at=NOON)
    actions.set_next_step(ada, "Call", due_at=NOON + timedelta(hours=2), by=None, at=NOON)
    ben = lead("ben@plain.example", stage="sal", created_at=NOON - timedelta(days=2))
    three_days_ago = NOON - timedelta(days=3)
    actions.set_derived({ada.pk: {"last_activity_at": three_days_ago}, ben.pk: {"last_activity_at": None}})
    return ada, ben
