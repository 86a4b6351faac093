"""Companies by the API: found, read, made and edited."""

from http import HTTPStatus
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from leads.records.models import Company, CustomField, Lead
from leads.records.tests.factories import CompanyFactory, lead, person
from workspace.api.tests.client import Caller
from workspace.hooks.models import Token
from workspace.journal.models import JournalEntry, Way
from workspace.people.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def sami() -> Person:
    return person("Sami Rep")


@pytest.fixture
def caller(sami: Person) -> Caller:
    return Caller(sami)


def test_a_company_is_made_and_told_with_its_account_owner(caller: Caller, sami: Person) -> None:
    CustomField.objects.create(on="company", key="tier", label="Tier")
    body = {
        "name": "Kestrel",
        "domain": "www.Kestrel.example",
        "people_count": 40,
        "account_owner": sami.email,
        "customer_since_date": "2024-05-01",
        "custom": {"tier": "gold"},
    }

    told = caller.post("companies/", body, HTTPStatus.CREATED)

    assert told == caller.get(f"companies/{told['id']}/")
    assert told["url"] == f"http://testserver/companies/{told['id']}/"
    assert (told["domain"], told["people_count"]) == ("kestrel.example", 40)
    assert told["account_owner"] == {"id": sami.pk, "name": "Sami Rep", "email": sami.email}
    assert (told["customer_since_date"], told["custom"]) == ("2024-05-01", {"tier": "gold"})
    entry = JournalEntry.objects.get(verb="company.created")
    assert (entry.actor, entry.way) == (sami, Way.API)


def test_a_patch_changes_what_it_names_and_a_new_name_reaches_the_leads(caller: Caller) -> None:
    kestrel = CompanyFactory.create(name="Kestrel", city="Kiruna")
    lead(company=kestrel)

    told = caller.patch(f"companies/{kestrel.pk}/", {"name": "Kestrel Oy"})

    assert (told["name"], told["city"], told["version"]) == ("Kestrel Oy", "Kiruna", kestrel.version + 1)
    assert Lead.objects.get().company_name == "Kestrel Oy"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"name": "Falk", "domain": "https://KESTREL.example/en"}, "domain"),
        ({"name": "Falk", "domain": "no domain"}, "domain"),
        ({"name": "Falk", "account_owner": "nobody@fennmark.example"}, "account_owner"),
        ({"name": "Falk", "people_count": -1}, "people_count"),
        ({"name": "Falk", "renewal_date": "soon"}, "renewal_date"),
        ({"name": "Falk", "custom": {"size": 1}}, "custom.size"),
        ({"name": "Falk", "version": 1}, "version"),
    ],
)
def test_a_company_that_does_not_fit_is_a_problem_at_its_field(
    caller: Caller, body: dict[str, Any], field: str
) -> None:
    CompanyFactory.create(name="Kestrel", domain="kestrel.example")

    assert list(caller.post("companies/", body, HTTPStatus.BAD_REQUEST)["errors"]) == [field]
    assert Company.objects.count() == 1


def test_whatever_is_given_of_a_domain_it_is_stored_in_one_form(caller: Caller) -> None:
    kestrel = CompanyFactory.create(name="Kestrel")

    told = caller.patch(f"companies/{kestrel.pk}/", {"domain": "https://www.Kestrel.example/about/"})

    assert told["domain"] == "kestrel.example"


def test_companies_are_found_by_the_filters_of_their_page(caller: Caller) -> None:
    CompanyFactory.create(name="Kestrel", country="Sweden")
    CompanyFactory.create(name="Falk")

    assert [one["name"] for one in caller.get("companies/")["results"]] == ["Falk", "Kestrel"]
    assert [one["name"] for one in caller.get("companies/?country=sweden&ordering=-name")["results"]] == ["Kestrel"]


@pytest.mark.parametrize("rows", [1, 20])
def test_the_list_costs_the_same_queries_at_any_length(
    caller: Caller, sami: Person, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    for _n in range(rows):
        CompanyFactory.create(account_owner=sami)
    Token.objects.update(last_used_at=timezone.now())

    with django_assert_num_queries(5):  # token with its person, its calls, two for permissions, companies and owners
        assert len(caller.get("companies/")["results"]) == rows
