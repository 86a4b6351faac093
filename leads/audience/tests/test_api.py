"""Personas by the API: everybody reads them."""

import pytest
from django.utils import timezone

from leads.audience.models import Persona
from workspace.api.tests.client import Caller
from workspace.people import actions
from workspace.people.roles import Role

pytestmark = pytest.mark.django_db


def test_personas_are_told_with_their_part_in_the_buying() -> None:
    rea = actions.add_person(
        "rea@fennmark.example", name="Rea Reader", role=Role.READ_ONLY, departments="M", by=None, at=timezone.now()
    )
    Persona.objects.create(name="Plant manager", buying_role="decider", summary="Wants no stop.")

    told = Caller(rea, "personas:read").get("personas/?name=plant manager")["results"]

    assert [(one["name"], one["buying_role"], one["summary"]) for one in told] == [
        ("Plant manager", "decider", "Wants no stop.")
    ]
