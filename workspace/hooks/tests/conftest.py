"""Otto lets a CRM on this machine hear of what happens; what it gets is looked at."""

import ipaddress
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from workspace.hooks.actions import webhooks
from workspace.hooks.models import Endpoint
from workspace.hooks.tests.receiver import Receiver, running
from workspace.people.models import Person
from workspace.tests.moments import NOW


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    settings.WEBHOOK_NETWORKS = [ipaddress.ip_network("127.0.0.0/8")]
    with running() as one:
        yield one


@pytest.fixture
def made(otto: Person, receiver: Receiver) -> tuple[Endpoint, str]:
    """The CRM's webhook with its secret."""
    return webhooks.make(name="CRM", url=receiver.url, events=["person.changed"], by=otto, at=NOW)


@pytest.fixture
def crm(made: tuple[Endpoint, str]) -> Endpoint:
    return made[0]


@pytest.fixture
def later() -> datetime:
    """Two hours from now: what the test's own transaction wrote goes out only when it is old, as it never commits."""
    return timezone.now() + timedelta(hours=2)
