"""How the tests' people sign in: by password, by an app, by single sign-on."""

import time
from http import HTTPStatus

import requests
from allauth.core.context import request_context
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.http import HttpResponse
from django.test import Client, RequestFactory, TestCase
from django.urls import reverse
from pytest_django import Settings

from workspace.journal.models import JournalEntry
from workspace.people.models import Person
from workspace.security.tests.provider import Provider

PASSWORD = "correct horse battery"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Mobile/15E148 Safari/604.1"
STEP_SECONDS = 30
LOGIN = "/accounts/oidc/company/login/"


def configure(settings: Settings, provider: Provider, **extra: object) -> None:
    """Let the workspace know the provider, as its environment would."""
    settings.OIDC = provider.settings(**extra)
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [settings.OIDC]}}


def sign_in(client: Client, person: Person, password: str = PASSWORD, agent: str = FIREFOX) -> str:
    """Sign in by password, and return where that leads."""
    answer = client.post(
        "/accounts/login/", {"login": person.email, "password": password}, headers={"User-Agent": agent}
    )
    return str(answer.headers.get("Location", ""))


def app_of(person: Person) -> str:
    """Let `person` have an authenticator app, and return its secret."""
    secret = str(generate_totp_secret())
    with request_context(RequestFactory().get("/")):
        TOTP.activate(person, secret)
    return secret


def passkey_of(person: Person, name: str = "Firefox on Linux") -> Authenticator:
    """Let `person` have something that counts as a passkey; it opens nothing."""
    return Authenticator.objects.create(user=person, type="webauthn", data={"name": name, "credential": {}})


def set_up_app(client: Client) -> str:
    """Set an authenticator app up as people do, on the page, and return its secret; whatever follows has happened."""
    secret = str(client.get(reverse("mfa_activate_totp")).context["form"].secret)
    with TestCase.captureOnCommitCallbacks(execute=True):
        client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    return secret


def sign_in_with_app(client: Client, person: Person, secret: str) -> None:
    """Sign in by password and by the code that the app shows."""
    sign_in(client, person)
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})


def code_of(secret: str, steps: int = 0) -> str:
    """What the app shows now, or `steps` half minutes later. It is accepted for half a minute at least."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // STEP_SECONDS + steps)))


def wrong_code(secret: str) -> str:
    """Six digits that the app does not show around now, nor while they are on their way."""
    shown = {code_of(secret, steps) for steps in range(-2, 4)}
    return next(f"{number:06}" for number in range(9) if f"{number:06}" not in shown)


def spoken() -> list[tuple[str, str]]:
    """What the journal says, oldest first."""
    return [(entry.verb, str(entry.line)) for entry in JournalEntry.objects.order_by("pk")]


def come_by_provider(client: Client, address: str = LOGIN) -> HttpResponse:
    """Press the button, go to the provider and back, and return what the workspace answers."""
    begun = client.get(address)
    assert begun.status_code == HTTPStatus.FOUND, begun.content
    back = requests.get(begun.headers["Location"], allow_redirects=False, timeout=10).headers["Location"]
    assert back.startswith("http://testserver/")
    return client.get(back.removeprefix("http://testserver"))  # type: ignore[return-value]  # a response with more to it
