"""Who looks at the pages of leads and companies, and when."""

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from leads.records.tests.factories import NOON, person
from workspace.people.models import Person


@pytest.fixture
def tuesday_noon() -> Iterator[None]:
    """The time stands at `NOON`, so that pages speak of today and yesterday alike whenever a test runs."""
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def sami(client: Client) -> Person:
    """A rep, signed in."""
    sami = person("Sami Rep")
    client.force_login(sami)
    return sami
