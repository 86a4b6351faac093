"""People of the ground floor's tests: Otto administers, Mara sells."""

import pytest
from django.test import Client

from workspace.people.actions import add_person
from workspace.people.models import Person
from workspace.people.roles import Role
from workspace.tests.moments import NOW


@pytest.fixture
def otto(db: None) -> Person:
    return add_person(
        "otto@fennmark.example", name="Otto Aalto", role=Role.ADMINISTRATOR, departments="", by=None, at=NOW
    )


@pytest.fixture
def mara(db: None) -> Person:
    return add_person("mara@fennmark.example", name="Mara Lindholm", role=Role.REP, departments="S", by=None, at=NOW)


@pytest.fixture
def as_otto(client: Client, otto: Person) -> Client:
    client.force_login(otto)
    return client
