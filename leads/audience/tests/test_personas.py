"""Personas in the administration, which saves by the action."""

from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse

from leads.audience.models import Persona
from workspace.journal.models import JournalEntry
from workspace.people.actions import add_person
from workspace.people.roles import Role
from workspace.tests.moments import NOW

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("role", "may"), [(Role.ADMINISTRATOR, True), (Role.MARKETER, False)])
def test_administrators_define_personas_and_the_journal_tells_it(client: Client, role: Role, may: bool) -> None:
    somebody = add_person("x@fennmark.example", name="X", role=role, departments="M", by=None, at=NOW)
    client.force_login(somebody)

    saved = client.post(
        reverse("admin:leads_audience_persona_add"),
        {"name": "Night shift lead", "buying_role": "user", "summary": "Hears it first.", "is_active": "on"},
    )

    assert Persona.objects.exists() is may
    assert list(JournalEntry.objects.values_list("verb", "way")) == ([("definition.added", "admin")] if may else [])
    assert (saved.headers.get("Location") == reverse("admin:leads_audience_persona_changelist")) is may


def test_a_name_is_given_once(client: Client) -> None:
    somebody = add_person("x@fennmark.example", name="X", role=Role.ADMINISTRATOR, departments="", by=None, at=NOW)
    client.force_login(somebody)
    Persona.objects.create(name="Buyer")

    page = client.post(reverse("admin:leads_audience_persona_add"), {"name": "buyer", "is_active": "on"})

    assert page.status_code == HTTPStatus.OK
    assert Persona.objects.count() == 1
