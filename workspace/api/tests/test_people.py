"""People by the API, and with them what every list does: filters, pages, and refusing what it does not know."""

from http import HTTPStatus

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from workspace.api.tests.client import Caller
from workspace.hooks.models import Token
from workspace.people import actions
from workspace.people.models import Person
from workspace.people.roles import Role

pytestmark = pytest.mark.django_db


def colleagues(count: int) -> list[Person]:
    return [
        actions.add_person(
            f"p{n:03}@fennmark.example",
            name=f"Person {n:03}",
            role=Role.MARKETER,
            departments="M",
            by=None,
            at=timezone.now(),
        )
        for n in range(count)
    ]


def test_a_person_is_told_with_departments_and_roles(caller: Caller) -> None:
    assert caller.get(f"users/{caller.person.pk}/") == {
        "id": caller.person.pk,
        "name": "Sami Rep",
        "email": "sami@fennmark.example",
        "job_title": "",
        "departments": ["S"],
        "roles": ["rep"],
        "time_zone": "UTC",
        "is_active": True,
    }


def test_people_are_found_by_their_filters(caller: Caller) -> None:
    gone = colleagues(2)[1]
    Person.objects.filter(pk=gone.pk).update(is_active=False)

    def names(query: str) -> list[str]:
        return [person["name"] for person in caller.get(f"users/?{query}")["results"]]

    assert names("") == ["Person 000", "Person 001", "Sami Rep"]
    assert names("department=M") == ["Person 000", "Person 001"]
    assert names("is_active=no") == ["Person 001"]
    assert names("email=SAMI@fennmark.example") == ["Sami Rep"]
    assert names("ordering=-email") == ["Sami Rep", "Person 001", "Person 000"]


def test_next_and_previous_walk_the_whole_list_and_keep_its_filters(caller: Caller) -> None:
    colleagues(5)

    first = caller.get("users/?department=M&page_size=2")
    second = caller.get(first["next"])
    third = caller.get(second["next"])

    pages = [[person["name"][-3:] for person in page["results"]] for page in (first, second, third)]
    assert pages == [["000", "001"], ["002", "003"], ["004"]]
    assert first["previous"] is third["next"] is None
    assert first["next"].startswith("http://testserver/api/v1/users/?")
    assert caller.get(third["previous"])["results"] == second["results"]
    assert caller.get(caller.get(second["previous"])["next"])["results"] == second["results"]


@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ("cursor=nonsense", "cursor", "This place in the list is not known here."),
        ("page_size=0", "page_size", "“0” is no number from 1 to 200."),
        ("page_size=201", "page_size", "“201” is no number from 1 to 200."),
        ("page_size=many", "page_size", "“many” is no number from 1 to 200."),
        ("page_size=%C2%B2", "page_size", "“²” is no number from 1 to 200."),
        ("ordering=password", "ordering", "“password” is none of name, email"),
        ("ordering=--name", "ordering", "“--name” is none of name, email"),
        ("departmnet=M", "departmnet", "There is no filter of this name."),
        ("format=xml", "format", "There is no filter of this name."),
        ("department=X", "department", "“X” is none of M, S."),
        ("email=a%00b", "email", "This is not a text."),
    ],
)
def test_what_a_list_cannot_do_is_a_problem_at_its_parameter(
    caller: Caller, query: str, field: str, words: str
) -> None:
    errors = caller.get(f"users/?{query}", HTTPStatus.BAD_REQUEST)["errors"]

    assert list(errors) == [field]
    assert errors[field][0].startswith(words)


def test_a_cursor_of_another_order_is_refused(caller: Caller) -> None:
    colleagues(2)
    address = caller.get("users/?page_size=1")["next"]

    caller.get(f"{address}&ordering=email", HTTPStatus.BAD_REQUEST)


@pytest.mark.parametrize("rows", [1, 20])
def test_the_list_costs_the_same_queries_at_any_length(
    caller: Caller, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    colleagues(rows - 1)
    Token.objects.update(last_used_at=timezone.now())

    with django_assert_num_queries(5):  # the token with its person, its calls, people, departments, roles
        assert len(caller.get("users/")["results"]) == rows
