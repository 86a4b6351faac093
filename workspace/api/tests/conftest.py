"""Colleagues who call the API."""

import pytest
from django.utils import timezone

from workspace.api.tests.client import Caller
from workspace.people import actions
from workspace.people.models import Person
from workspace.people.roles import Role


@pytest.fixture
def sami() -> Person:
    return actions.add_person(
        "sami@fennmark.example", name="Sami Rep", role=Role.REP, departments="S", by=None, at=timezone.now()
    )


@pytest.fixture
def caller(sami: Person) -> Caller:
    return Caller(sami)
