"""Single sign-on against a provider that really listens: Mara comes in, strangers are told whom to ask."""

from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from workspace.people.models import Person
from workspace.people.roles import Role
from workspace.security import actions
from workspace.security.tests.provider import CLIENT_SECRET, Provider
from workspace.security.tests.signing_in import LOGIN, PASSWORD, app_of, come_by_provider, configure, sign_in, spoken
from workspace.tests.moments import NOW


def test_a_colleague_comes_in_by_the_verified_address_and_is_linked(
    client: Client, provider: Provider, mara: Person
) -> None:
    landed = come_by_provider(client, f"{LOGIN}?next=/leads/")

    assert landed.headers["Location"] == "/leads/"
    assert client.get("/leads/").status_code == HTTPStatus.OK
    account = SocialAccount.objects.get()
    assert (account.user, account.uid) == (mara, "4711")
    mara.refresh_from_db()
    assert mara.check_password(PASSWORD), "the password stays"
    assert [verb for verb, _line in spoken()] == ["security.linked", "security.signed_in"]
    assert "signed in by single sign-on" in spoken()[1][1]
    assert CLIENT_SECRET not in str(spoken())


def test_who_is_linked_comes_in_under_another_address_too(client: Client, provider: Provider, mara: Person) -> None:
    come_by_provider(client)
    client.post(reverse("account_logout"))
    provider.claims["email"] = "mara.married@fennmark.example"

    assert come_by_provider(client).headers["Location"] == "/"
    assert SocialAccount.objects.count() == 1


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "stranger@fennmark.example"},
        {"email_verified": False},
        {"email_verified": "false"},
        {"email": None},
    ],
    ids=["unknown", "unverified", "unverified in words", "no address"],
)
def test_a_stranger_is_told_to_ask_an_administrator_and_nobody_is_made(
    client: Client, provider: Provider, mara: Person, claims: dict[str, object]
) -> None:
    provider.claims |= claims

    page = come_by_provider(client)

    assert page.status_code == HTTPStatus.FORBIDDEN
    assert "Ask an administrator of this workspace to invite you." in page.content.decode()
    assert Person.objects.count() == 1
    assert not SocialAccount.objects.exists()
    assert client.get("/leads/").status_code == HTTPStatus.FOUND


def test_a_provider_that_vouches_for_all_addresses_is_believed_if_the_operator_says_so(
    client: Client, provider: Provider, mara: Person, settings: Settings
) -> None:
    del provider.claims["email_verified"]
    assert come_by_provider(client).status_code == HTTPStatus.FORBIDDEN

    configure(settings, provider, verified_email=True)

    assert come_by_provider(client).headers["Location"] == "/"


def test_two_answers_about_different_people_are_refused(client: Client, provider: Provider, mara: Person) -> None:
    provider.userinfo = {"sub": "4712"}

    page = come_by_provider(client)

    assert page.status_code == HTTPStatus.UNAUTHORIZED
    assert "Single sign-on did not work" in page.content.decode()
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize("claims", [{"aud": "another"}, {"iss": "http://127.0.0.1:1"}, {"exp": 1}])
def test_a_token_for_another_place_or_time_is_refused(
    client: Client, provider: Provider, mara: Person, claims: dict[str, object]
) -> None:
    provider.id_claims = claims

    assert come_by_provider(client).status_code == HTTPStatus.UNAUTHORIZED
    assert client.get("/leads/").status_code == HTTPStatus.FOUND


def test_an_answer_that_nobody_asked_for_is_refused(client: Client, provider: Provider) -> None:
    answer = client.get(f"{LOGIN}callback/", {"code": "x", "state": "made up"})

    assert answer.status_code == HTTPStatus.UNAUTHORIZED


def test_who_breaks_it_off_over_there_is_told_so(client: Client, provider: Provider) -> None:
    provider.error = "access_denied"

    assert come_by_provider(client).headers["Location"] == reverse("socialaccount_login_cancelled")
    assert "You broke the sign-in off" in client.get(reverse("socialaccount_login_cancelled")).text


def test_a_provider_that_is_away_is_said_in_words(client: Client, provider: Provider) -> None:
    begun = client.get(LOGIN)
    state = parse_qs(urlsplit(begun.headers["Location"]).query)["state"]
    provider.shutdown()
    provider.server_close()

    for page in (client.get(LOGIN), client.get(f"{LOGIN}callback/", {"code": "x", "state": state})):
        assert page.status_code == HTTPStatus.SERVICE_UNAVAILABLE
        assert "Single sign-on did not work" in page.text


def test_nobody_links_an_account_by_hand(client: Client, provider: Provider, mara: Person) -> None:
    provider.claims["email"] = "somebody.else@fennmark.example"
    sign_in(client, mara)

    answer = come_by_provider(client, f"{LOGIN}?process=connect")

    assert answer.headers["Location"] == reverse("security:index")
    assert not SocialAccount.objects.exists()


def test_a_second_factor_is_asked_for_after_single_sign_on_unless_the_provider_asks_for_one(
    client: Client, provider: Provider, mara: Person, settings: Settings
) -> None:
    app_of(mara)
    assert come_by_provider(client).headers["Location"] == reverse("mfa_authenticate")

    settings.OIDC_ASKS_SECOND_FACTOR = True

    assert come_by_provider(Client()).headers["Location"] == "/"
    assert sign_in(Client(), mara) == reverse("mfa_authenticate"), "but after a password"


def test_a_demanded_second_factor_is_met_by_a_provider_that_asks_for_one(
    provider: Provider, mara: Person, otto: Person, settings: Settings
) -> None:
    actions.demand_of([Role.REP], by=otto, at=NOW)
    by_provider, by_password = Client(), Client()
    come_by_provider(by_provider)
    sign_in(by_password, mara)

    assert by_provider.get("/leads/").status_code == HTTPStatus.FOUND
    settings.OIDC_ASKS_SECOND_FACTOR = True

    assert by_provider.get("/leads/").status_code == HTTPStatus.OK
    assert by_password.get("/leads/").status_code == HTTPStatus.FOUND


def test_one_unlinks_what_is_ones_own_if_a_password_is_left(client: Client, provider: Provider, mara: Person) -> None:
    come_by_provider(client)
    address = reverse("security:unlink", args=[SocialAccount.objects.get().pk])
    mara.set_unusable_password()
    mara.save(update_fields=["password"])
    client.force_login(mara)

    assert "Set a password first" in client.post(address, follow=True).text
    assert SocialAccount.objects.exists()
    mara.set_password(PASSWORD)
    mara.save(update_fields=["password"])
    client.force_login(mara)
    assert "Unlinked." in client.post(address, follow=True).text

    assert not SocialAccount.objects.exists()


def test_nobody_unlinks_somebody_else(as_otto: Client, provider: Provider, mara: Person) -> None:
    come_by_provider(Client())

    address = reverse("security:unlink", args=[SocialAccount.objects.get().pk])

    assert as_otto.post(address).status_code == HTTPStatus.NOT_FOUND


def test_without_passwords_nobody_comes_in_by_one(
    client: Client, provider: Provider, mara: Person, settings: Settings
) -> None:
    settings.PASSWORD_SIGN_IN = False

    page = client.get("/accounts/login/")
    assert "Continue with Fennmark ID" in page.text
    assert 'type="password"' not in page.text
    refused = client.post("/accounts/login/", {"login": mara.email, "password": PASSWORD})

    assert "Nobody signs in by password here" in str(refused.context["form"].errors)
    for name in ("account_reset_password", "account_change_password", "account_reauthenticate"):
        assert client.get(reverse(name)).status_code in (HTTPStatus.NOT_FOUND, HTTPStatus.FOUND), name
    come_by_provider(client)
    for name in ("account_reset_password", "account_change_password", "account_reauthenticate"):
        assert client.get(reverse(name)).status_code == HTTPStatus.NOT_FOUND, name
    assert client.get(reverse("security:index")).status_code == HTTPStatus.OK


def test_where_there_is_no_provider_its_addresses_lead_nowhere(client: Client, db: None) -> None:
    assert client.get(LOGIN).status_code == HTTPStatus.NOT_FOUND
    assert "Continue with" not in client.get("/accounts/login/").text
