"""Imports by the API: read by those who may, at the same cost for any number."""

from http import HTTPStatus

import pytest
from pytest_django import DjangoAssertNumQueries

from leads.imports.models import Import
from leads.imports.tests.bringing import bring
from leads.records.tests.factories import NOON, person
from workspace.api.tests.client import Caller
from workspace.people.roles import Role

pytestmark = pytest.mark.django_db


def test_an_import_tells_what_became_of_its_rows() -> None:
    mara = person("Mara Lindholm")
    done = bring("email,city\na@x.example,Ulm\nno address,Ulm\n", by=mara)

    told = Caller(mara).get(f"imports/{done.pk}/")

    assert {key: told[key] for key in ("name", "state", "by", "percent", "created_count", "refused_count")} == {
        "name": "leads.csv", "state": "done", "by": mara.email, "percent": None, "created_count": 1, "refused_count": 1,
    }  # fmt: skip
    leads = Caller(mara).get(f"leads/?import={done.pk}-created")["results"]
    assert [lead["email"] for lead in leads] == ["a@x.example"]


def test_who_may_not_see_imports_finds_none() -> None:
    done = bring("email\na@x.example\n")
    caller = Caller(person("Rita Reader", Role.READ_ONLY))

    assert caller.get("imports/")["results"] == []
    caller.get(f"imports/{done.pk}/", HTTPStatus.NOT_FOUND)


@pytest.mark.parametrize("rows", [1, 20])
def test_the_list_costs_the_same_queries_at_any_length(
    django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    mara = person("Mara Lindholm")
    for number in range(rows):
        Import.objects.create(name=f"{number}.csv", size=1, by=mara, created_at=NOON)
    caller = Caller(mara)
    caller.get("imports/")

    with django_assert_num_queries(5):  # token with its person, its calls, permissions of person and groups, imports
        answer = caller.get("imports/")

    assert len(answer["results"]) == rows
