"""Schemathesis calls every operation with what its schema allows and with what it forbids, as another program would.

Whatever comes: the answer is no server error, its status is documented, and its type and body are as the schema says. What is
tried is the same in every run; a case that failed is printed as a curl command.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from leads.records.models import CustomField
from leads.records.tests.factories import NOON, closed_lead, lead, person
from workspace.api.options import CALLS_OF_TOKEN, MOST
from workspace.api.tests.client import Caller
from workspace.options import actions as options
from workspace.people.models import Person
from workspace.people.roles import Role

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
TRIES = 20
Operation = APIOperation[Any, Any, Any, Any]


def operations() -> list[Operation]:
    with GENERATOR_STATS.silence():
        told: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    results = list(schemathesis.openapi.from_dict(told).get_all_operations())
    assert all(isinstance(result, Ok) for result in results), results
    return [result.ok() for result in results if isinstance(result, Ok)]


@pytest.fixture
def caller() -> Caller:
    """An administrator with a token for everything, in a workspace in which each resource has something."""
    CustomField.objects.create(key="size", label="Size", kind="number")
    lead("ada@kestrel.example", company="Kestrel", source="Fair", tags=["Hot"], campaign="Spring", stage="mql")
    closed_lead("won")
    admin: Person = person("Ada Admin", role=Role.ADMINISTRATOR)
    options.change(CALLS_OF_TOKEN, MOST, by=None, at=NOON)
    return Caller(admin)


@contextmanager
def served() -> Iterator[Any]:
    """The product as a server runs it, but on the connection of the test, which a server would close around each request."""
    ends = (request_started, request_finished)
    for end in ends:
        end.disconnect(close_old_connections)
    yield get_wsgi_application()
    for end in ends:
        end.connect(close_old_connections)


@pytest.mark.django_db
@pytest.mark.parametrize("operation", operations(), ids=lambda operation: operation.label)
def test_whatever_is_called_is_answered_as_the_schema_says(caller: Caller, operation: Operation) -> None:
    cases = st.one_of([operation.as_strategy(generation_mode=mode) for mode in GenerationMode])
    known = st.sampled_from(ids_for(operation, caller))

    @settings(
        max_examples=TRIES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases, pk=st.none() | known)
    def call(application: Any, case: Any, pk: int | None) -> None:
        if pk is not None and "id" in case.path_parameters:
            case.path_parameters["id"] = pk
        response = case.call(app=application, headers={"Authorization": f"Bearer {caller.secret}"})
        case.validate_response(response, checks=CHECKS)

    with served() as application:
        call(application)


def ids_for(operation: Operation, caller: Caller) -> list[int]:
    """What `id` may be for a record to be there: those of the list above it."""
    listed = operation.path.partition("{id}")[0].removeprefix("/api/v1/")
    if "{id}" not in operation.path:
        return [1]
    return [row["id"] for row in caller.get(listed)["results"]] or [1]
