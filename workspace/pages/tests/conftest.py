"""People of the tests: Mara sells, Otto administers."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client

from workspace.pages import navigation
from workspace.people.models import Department, Person
from workspace.registry import Registry


@pytest.fixture
def mara(db: None) -> Person:
    mara = Person.objects.create_user("mara@fennmark.example", "a long password", name="Mara Lindholm")
    mara.departments.add(Department.objects.get_or_create(key="S", defaults={"name": "Sales"})[0])
    return mara


@pytest.fixture
def otto(db: None) -> Person:
    return Person.objects.create_superuser("otto@fennmark.example", "a long password", name="Otto Aalto")


@pytest.fixture
def as_mara(client: Client, mara: Person) -> Client:
    client.force_login(mara)
    return client


@pytest.fixture
def no_places(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A house in which no room has registered a place; nothing is left in the cache."""
    monkeypatch.setattr(navigation, "_places", Registry("place"))
    cache.clear()
    yield
    cache.clear()
