"""People's pages: Otto administers, Mara sells, Iris comes in by a link."""

from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from workspace.people.actions import add_person
from workspace.people.models import Department, Invitation, Person
from workspace.people.roles import Role
from workspace.staff import actions
from workspace.tests.moments import NOW

PASSWORD = "correct horse battery"


@pytest.fixture
def link(otto: Person) -> str:
    invitation = actions.invite(
        "iris@fennmark.example",
        name="Iris Berg",
        role=Role.REP,
        departments=Department.objects.filter(key="S"),
        by=otto,
        at=timezone.now(),
    )
    return actions.fresh_link(invitation).removeprefix("http://127.0.0.1:8000")


def answers(**changed: str) -> dict[str, str]:
    given = {"name": "Iris Berg", "password": PASSWORD, "repeated": PASSWORD, "time_zone": "Europe/Oslo"}
    return {**given, **changed}


def test_whoever_joins_is_signed_in_and_lands_at_home(client: Client, link: str) -> None:
    page = client.get(link)
    assert "Otto Aalto invites you" in page.text
    assert 'value="Iris Berg"' in page.text
    assert 'name="email"' not in page.text

    landed = client.post(link, answers(), follow=True)

    assert landed.redirect_chain == [(reverse("home"), HTTPStatus.FOUND)]
    assert landed.context["request"].user.email == "iris@fennmark.example"


def test_a_used_link_is_gone(client: Client, link: str) -> None:
    client.post(link, answers())
    client.logout()

    page = client.get(link)

    assert page.status_code == HTTPStatus.GONE
    assert "This link is used up" in page.text


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"repeated": "something else"}, "The two passwords differ."),
        ({"password": "password", "repeated": "password"}, "too common"),
        ({"name": ""}, "This field is required."),
    ],
)
def test_what_does_not_do_is_said_at_its_field(client: Client, link: str, wrong: dict[str, str], words: str) -> None:
    page = client.post(link, answers(**wrong))

    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert words in page.text
    assert not Person.objects.filter(email="iris@fennmark.example").exists()


@pytest.mark.django_db
def test_the_first_administrator_says_the_address(client: Client) -> None:
    link = actions.first_administrator_link(at=timezone.now()).removeprefix("http://127.0.0.1:8000")
    assert 'name="email"' in client.get(link).text

    client.post(link, answers(email="otto@fennmark.example"))

    assert Person.objects.get().is_staff


def test_administrators_invite_from_the_directory(as_otto: Client) -> None:
    assert reverse("people:invite") in as_otto.get(reverse("people:directory")).text
    sales = Department.objects.get(key="S").pk

    page = as_otto.post(
        reverse("people:invite"),
        {"email": "iris@fennmark.example", "role": "rep", "departments": [sales]},
        follow=True,
    )

    assert "iris@fennmark.example gets a mail" in page.text
    assert "the mail goes out soon" in page.text
    assert [one.key for one in Invitation.objects.get().departments.all()] == ["S"]


def test_an_address_that_is_here_is_refused_at_its_field(as_otto: Client, mara: Person) -> None:
    page = as_otto.post(reverse("people:invite"), {"email": mara.email, "role": "rep"})

    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "This person is here already." in page.text


def test_others_see_colleagues_and_no_invitations(client: Client, mara: Person, link: str) -> None:
    client.force_login(mara)

    page = client.get(reverse("people:directory"))

    assert "Otto Aalto" in page.text
    assert "iris@fennmark.example" not in page.text
    assert client.get(reverse("people:invite")).status_code == HTTPStatus.FORBIDDEN


def test_settings_are_saved_and_shown(client: Client, mara: Person) -> None:
    client.force_login(mara)

    page = client.post(
        reverse("people:settings"),
        {"name": "Mara L.", "job_title": "Rep", "time_zone": "Europe/Oslo", "theme": "dark"},
        follow=True,
    )

    assert "Saved." in page.text
    assert 'data-theme="dark"' in page.text
    mara.refresh_from_db()
    assert (mara.name, mara.time_zone) == ("Mara L.", "Europe/Oslo")


@pytest.mark.parametrize("rows", [1, 20])
def test_the_directory_costs_the_same_queries_at_any_length(
    as_otto: Client, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    for number in range(rows):
        address = f"colleague{number}@fennmark.example"
        add_person(address, name=f"Colleague {number}", role=Role.REP, departments="S", by=None, at=NOW)
    as_otto.get(reverse("people:directory"))

    # Session, visitor, two of permissions, departments, people with departments and groups, invitations with departments,
    # the visitor's own roles and departments, the workspace's name.
    with django_assert_num_queries(12):
        page = as_otto.get(reverse("people:directory"))

    assert page.text.count('id="person-') == rows + 1
