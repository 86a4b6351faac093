"""The schema says what the API does: it is under version control, typed for each workspace, and drawn without inline code."""

import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern, get_resolver
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from leads.records.models import CustomField
from leads.records.tests.factories import person
from smarketing.api_urls import router, urlpatterns
from workspace.api.tests.client import Caller, told
from workspace.people.models import Person

COMMITTED = settings.BASE_DIR / "docs" / "openapi.yaml"


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    with GENERATOR_STATS.silence():
        made: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return made


def operations(schema: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def test_the_committed_schema_is_what_the_code_says(tmp_path: Any) -> None:
    made = tmp_path / "openapi.yaml"

    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(made))

    assert made.read_text() == COMMITTED.read_text(), "Renew it: manage.py spectacular --file docs/openapi.yaml"


def test_the_schema_is_openapi_3_1(schema: dict[str, Any]) -> None:
    validate_schema(schema)  # type: ignore[no-untyped-call]  # drf-spectacular's validation has no types
    assert schema["openapi"] == "3.1.0"


def test_every_operation_tells_its_problems_and_who_may_call(schema: dict[str, Any]) -> None:
    for path, method, operation in operations(schema):
        problems = {code: answer for code, answer in operation["responses"].items() if int(code) >= 400}
        assert {"401", "403", "406", "429", "503"} <= problems.keys(), (path, method)
        assert all(answer == {"$ref": f"#/components/responses/{code}"} for code, answer in problems.items())
        assert ("404" in problems) == ("{id}" in path), path
        assert method == "get" or {"400", "409", "413", "415"} <= problems.keys(), path
        assert ("412" in problems) == (method != "get" and "{id}" in path), path
        assert operation["security"] == [{"token": []}, {"session": []}]


def test_each_refusal_stands_in_the_schema_once_as_a_problem(schema: dict[str, Any]) -> None:
    refusals = {code: answer for code, answer in schema["components"]["responses"].items() if int(code) >= 400}

    assert {kind for answer in refusals.values() for kind in answer["content"]} == {"application/problem+json"}
    assert all(answer["content"] for answer in refusals.values())
    assert "Retry-After" in refusals["429"]["headers"]


def test_every_operation_tells_the_conditions_that_it_may_be_called_under(schema: dict[str, Any]) -> None:
    for path, method, operation in operations(schema):
        headers = {one["name"] for one in operation.get("parameters", []) if one["in"] == "header"}
        assert ("If-None-Match" in headers) == ("304" in operation["responses"]) == (method == "get"), path
        assert ("If-Match" in headers) == (method != "get" and "{id}" in path), path
        assert ("Idempotency-Key" in headers) == (method == "post"), path


def test_lists_tell_their_pages_filters_and_order(schema: dict[str, Any]) -> None:
    leads = {one["name"]: one["schema"] for one in schema["paths"]["/api/v1/leads/"]["get"]["parameters"]}

    assert {"cursor", "page_size", "ordering", "q", "stage", "owner", "tag", "has_no", "created_after"} <= leads.keys()
    assert "-value" in leads["ordering"]["enum"]
    assert leads["stage"]["type"] == "array"
    count = {one["name"] for one in schema["paths"]["/api/v1/leads/count/"]["get"]["parameters"]}
    assert count == leads.keys() - {"cursor", "page_size", "ordering"} | {"cap"}


@pytest.mark.django_db
def test_every_address_of_the_api_asks_who_calls() -> None:
    resolver = get_resolver("smarketing.api_urls")
    assert all(isinstance(pattern, URLPattern) for pattern in resolver.url_patterns)
    for pattern in urlpatterns:
        path = "/api/v1/" + re.sub(r"<int:pk>", "1", str(pattern.pattern))
        response = Client().get(path)
        if path.endswith("/docs/"):
            assert response["Location"] == f"/accounts/login/?next={path}"
        else:
            told(response, HTTPStatus.UNAUTHORIZED)


def test_every_resource_is_named_in_scopes_as_in_its_address() -> None:
    assert [vars(viewset)["resource"] for _prefix, viewset, _name in router.registry] == [
        prefix for prefix, _viewset, _name in router.registry
    ]


@pytest.fixture
def sami() -> Person:
    return person("Sami Rep")


@pytest.mark.django_db
def test_the_served_schema_types_the_fields_of_this_workspace(sami: Person) -> None:
    CustomField.objects.create(key="tier", label="Tier", kind="choice", choices=["gold", "silver"])
    CustomField.objects.create(key="uses", label="Uses", kind="choices", choices=["oil", "gas"])
    CustomField.objects.create(key="sites", label="Sites", kind="number", on="company")

    answer = Caller(sami).client.get("/api/v1/schema/")
    served = yaml.safe_load(answer.content)

    assert answer["Content-Type"].startswith("application/vnd.oai.openapi")
    schemas = served["components"]["schemas"]
    own = {"type": "string", "title": "Tier", "enum": ["gold", "silver"]}
    uses = {"type": "array", "title": "Uses", "items": {"type": "string", "title": "Uses", "enum": ["oil", "gas"]}}
    for name in ("Lead", "NewLead", "PatchedChangedLead", "UpsertedLead"):
        assert schemas[name]["properties"]["custom"]["properties"] == {"tier": own, "uses": uses}
    assert schemas["Company"]["properties"]["custom"]["properties"] == {"sites": {"type": "number", "title": "Sites"}}
    parameters = {one["name"]: one["schema"] for one in served["paths"]["/api/v1/leads/"]["get"]["parameters"]}
    assert (parameters["custom.tier"], parameters["custom.uses"]) == (own, uses["items"])
    assert Caller(sami).client.get("/api/v1/schema/?format=json").json() == served


@pytest.mark.django_db
def test_the_page_of_the_api_needs_no_inline_style_or_script(sami: Person) -> None:
    client = Client()
    client.force_login(sami)

    page = client.get("/api/v1/docs/")
    script = re.search(r'<script src="(/api/[^"]*)"', page.text)
    assert script is not None
    code = client.get(script[1].replace("&amp;", "&"))

    assert page.status_code == HTTPStatus.OK
    assert "<style" not in page.text
    assert " style=" not in page.text
    assert all(" src=" in tag for tag in re.findall(r"<script[^>]*>", page.text))
    assert code["Content-Type"].startswith("application/javascript")
    assert "/api/v1/schema/" in code.text
    assert "unsafe" not in page["Content-Security-Policy"]
