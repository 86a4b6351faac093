"""Imports by the API: read by those who may, at the same cost for any number."""

from http import HTTPStatus

import pytest
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from pytest_django import DjangoAssertNumQueries

from leads.imports.models import Import
from leads.imports.tests.bringing import bring, take_back
from leads.records import actions as records
from leads.records.models import Lead
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


@pytest.mark.django_db(transaction=True)  # what is written together with the import is no work on its leads
def test_an_import_that_was_taken_back_says_so_and_what_stayed() -> None:
    mara, sami = person("Mara Lindholm"), person("Sami Rep")
    import_ = bring("email,city\na@x.example,Ulm\nb@x.example,Ulm\n", by=mara)
    lead = Lead.objects.get(email="b@x.example")
    records.log_talk(lead, records.Talk.NOTE, text="hello", by=sami, at=timezone.now())
    before = Caller(mara).get(f"imports/{import_.pk}/")

    done = take_back(import_, by=mara)

    told = Caller(mara).get(f"imports/{import_.pk}/")
    keys = ("reverted_at", "removed_count", "restored_count", "kept_count")
    assert [before[key] for key in keys] == [None, 0, 0, 0]
    assert told["reverted_at"] is not None
    assert parse_datetime(told["reverted_at"]) == done.reverted_at
    assert [told[key] for key in keys[1:]] == [1, 0, 1]
    (stayed,) = Caller(mara).get(f"imports/{import_.pk}/kept/")["results"]
    assert (stayed["lead"], stayed["what"]) == (lead.pk, "The lead")
    assert stayed["reason"].startswith("Sami Rep worked on it since")
    Caller(person("Rita Reader", Role.READ_ONLY)).get(f"imports/{import_.pk}/kept/", HTTPStatus.NOT_FOUND)


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
