"""Who may come in where: every address asks for a signed-in person, except those listed here with their reasons."""

import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, NamedTuple

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.permissions import IsAuthenticated

PUBLIC = {
    "healthz": "load balancers and monitors have no account, and learn nothing but whether it works",
    "account_login": "the way in",
    "account_logout": "whose session has ended may still press the button",
    "account_signup": "answers that there is no sign-up",
    "account_inactive": "tells somebody who has left why they cannot sign in",
    "account_reset_password": "who has forgotten the password cannot sign in",
    "account_reset_password_done": "the page after it",
    "account_reset_password_from_key": "the mailed link",
    "account_reset_password_from_key_done": "the page after it",
    "account_confirm_login_code": "allauth's own; it asks for the session of a begun sign-in",
    "login": "of the administration: leads to the way in",
    "mfa_authenticate": "asks for the second factor of a begun sign-in, and for its session",
    "mfa_login_webauthn": "the way in by passkey",
    "openid_connect_login": "leads to the company's single sign-on; nothing where there is none",
    "openid_connect_callback": "the way back from it, with the state of a begun sign-in",
    "socialaccount_login_cancelled": "tells that the sign-in was broken off over there",
    "notices:stop": "the link of a mail stops mails of its kind, also for a mail program; its signature opens it",
    "people:accept_invitation": "who comes in by an invitation has no account yet; the secret of the link opens it",
}
SAMPLES = {"int": "1", "str": "x", "slug": "x", "path": "x", "uuid": "0" * 32}


class Address(NamedTuple):
    name: str
    route: str
    view: Any


def addresses(resolver: URLResolver | None = None, prefix: str = "", space: str = "") -> Iterator[Address]:
    """Every address of the tree, with its whole name and route."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield Address(f"{space}{pattern.name}", route, pattern.callback)
        else:
            inner = f"{space}{pattern.namespace}:" if pattern.namespace and pattern.namespace != "admin" else space
            yield from addresses(pattern, route, inner)


def is_public(address: Address) -> bool:
    """Whether LoginRequiredMiddleware lets everybody through to it, and no API permission stands behind."""
    return getattr(address.view, "login_required", True) is False and getattr(address.view, "cls", None) is None


def sample(route: str) -> str:
    """A path of `route`, with something in every place."""
    path = re.sub(r"<(?:(\w+):)?\w+>", lambda found: SAMPLES.get(found[1] or "str", "1"), route)
    path = re.sub(r"\(\?P<\w+>[^)]*\)", "x", path)
    return "/" + re.sub(r"[\^$\\]", "", path)


TREE = list(addresses())


def test_the_tree_is_as_large_as_the_house() -> None:
    names = {address.name for address in TREE}

    assert {"home", "records:lead", "people:settings", "pages:find", "api:lead-list", "healthz"} <= names


def test_whatever_needs_no_account_is_listed_with_its_reason() -> None:
    public = {address.name for address in TREE if is_public(address)}

    assert public == set(PUBLIC), "list a public page in PUBLIC, with its reason; take out what is gone"
    assert all(PUBLIC.values())


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    [address for address in TREE if not is_public(address) and getattr(address.view, "cls", None) is None],
    ids=lambda address: address.route or "/",
)
def test_a_stranger_is_sent_to_the_sign_in(client: Client, address: Address) -> None:
    answer = client.get(sample(address.route))

    assert answer.status_code == HTTPStatus.FOUND
    assert answer.headers["Location"].startswith(("/accounts/login/", "/admin/login/"))


@pytest.mark.django_db
def test_the_administration_leads_a_stranger_to_the_one_sign_in(client: Client) -> None:
    way = client.get("/admin/", follow=True).redirect_chain

    assert way[-1][0].startswith("/accounts/login/")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    [address for address in TREE if getattr(address.view, "cls", None) is not None],
    ids=lambda address: address.route,
)
def test_a_stranger_is_refused_by_the_api(client: Client, address: Address) -> None:
    assert IsAuthenticated in address.view.cls.permission_classes

    assert client.get(sample(address.route)).status_code == HTTPStatus.UNAUTHORIZED
