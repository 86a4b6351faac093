"""People of these tests: Mara signs in by a password; a provider vouches for her; no try of another test counts."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from pytest_django import Settings

from workspace.people.models import Person
from workspace.security.tests.provider import Provider, listening
from workspace.security.tests.signing_in import PASSWORD, configure


@pytest.fixture(autouse=True)
def _forgotten_tries(db: None) -> Iterator[None]:
    """No test is refused for what another one tried."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def mara(mara: Person) -> Person:
    mara.set_password(PASSWORD)
    mara.save(update_fields=["password"])
    return mara


@pytest.fixture
def provider(settings: Settings) -> Iterator[Provider]:
    """A provider that vouches for Mara, and a workspace that is configured for it."""
    with listening() as provider:
        provider.claims = {"sub": "4711", "email": "mara@fennmark.example", "email_verified": True}
        configure(settings, provider)
        yield provider
