"""What leaving, a new address and an invitation mean for signing in; the provider of single sign-on really listens."""

from collections.abc import Iterator
from http import HTTPStatus

import pytest
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from workspace.people.models import Department, Person
from workspace.people.roles import Role
from workspace.security.tests.provider import Provider, listening
from workspace.security.tests.signing_in import PASSWORD, app_of, code_of, come_by_provider, configure, sign_in
from workspace.staff import actions
from workspace.tests.moments import NOW


@pytest.fixture
def provider(settings: Settings) -> Iterator[Provider]:
    with listening() as provider:
        provider.claims = {"sub": "4711", "email": "mara@fennmark.example", "email_verified": True}
        configure(settings, provider)
        yield provider


@pytest.fixture
def mara(mara: Person) -> Person:
    mara.set_password(PASSWORD)
    mara.save(update_fields=["password"])
    return mara


def test_whoever_was_let_go_does_not_come_in_linked_or_not(
    client: Client, provider: Provider, mara: Person, otto: Person
) -> None:
    come_by_provider(client)
    actions.deactivate(mara, by=otto, at=NOW)

    assert come_by_provider(client).headers["Location"] == reverse("account_inactive")
    SocialAccount.objects.all().delete()
    assert come_by_provider(client).status_code == HTTPStatus.FORBIDDEN
    assert client.get("/leads/").status_code == HTTPStatus.FOUND


def test_an_address_given_to_somebody_else_takes_the_link_away(
    client: Client, provider: Provider, mara: Person, otto: Person
) -> None:
    come_by_provider(client)

    actions.change_person(mara, {"email": "mara.l@fennmark.example"}, by=otto, at=NOW)

    assert not SocialAccount.objects.exists()


def test_without_passwords_the_invited_person_joins_without_one(
    client: Client, provider: Provider, otto: Person, settings: Settings
) -> None:
    settings.PASSWORD_SIGN_IN = False
    sales = Department.objects.filter(key="S")
    invitation = actions.invite("iris@fennmark.example", role=Role.REP, departments=sales, by=otto, at=timezone.now())
    link = actions.fresh_link(invitation).removeprefix("http://127.0.0.1:8000")
    assert 'type="password"' not in client.get(link).text

    client.post(link, {"name": "Iris Berg", "time_zone": "Europe/Oslo"})

    iris = Person.objects.get(email="iris@fennmark.example")
    assert not iris.has_usable_password()
    assert client.get(reverse("mfa_activate_totp")).status_code == HTTPStatus.OK, "and may set a factor up at once"
    provider.claims |= {"email": iris.email, "sub": "4713"}
    assert come_by_provider(Client()).headers["Location"] == "/"


def test_whoever_is_let_go_between_the_factors_does_not_come_in(client: Client, mara: Person, otto: Person) -> None:
    secret = app_of(mara)
    sign_in(client, mara)

    actions.deactivate(mara, by=otto, at=NOW)
    answer = client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    actions.reactivate(mara, by=otto, at=NOW)

    assert answer.headers["Location"] == reverse("account_inactive")
    assert client.get("/leads/").status_code == HTTPStatus.FOUND


def test_whoever_is_let_go_is_signed_out_for_good(mara: Person, otto: Person) -> None:
    here, elsewhere = Client(), Client()
    for client in (here, elsewhere):
        sign_in(client, mara)

    actions.deactivate(mara, by=otto, at=NOW)
    actions.reactivate(mara, by=otto, at=NOW)

    assert [client.get("/leads/").status_code for client in (here, elsewhere)] == [HTTPStatus.FOUND] * 2
    assert not UserSession.objects.filter(user=mara).exists()
