"""How people sign in and where webhooks may go, as the environment says: what does not fit stops the start with its name."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from environs import Env

from smarketing.environment import password_sign_in, single_sign_on, webhook_networks


def given(monkeypatch: pytest.MonkeyPatch, **values: str) -> Env:
    for name in ("OIDC_NAME", "OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "PASSWORD_SIGN_IN"):
        monkeypatch.delenv(name, raising=False)
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return Env()


def test_the_environment_configures_the_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    issuer = "https://login.fennmark.example/tenant/"
    env = given(
        monkeypatch, OIDC_ISSUER=issuer, OIDC_CLIENT_ID="one", OIDC_CLIENT_SECRET="two", OIDC_NAME="Fennmark ID"
    )

    told = single_sign_on(env)

    assert told is not None
    assert (told["name"], told["client_id"], told["secret"]) == ("Fennmark ID", "one", "two")
    assert told["settings"]["server_url"] == "https://login.fennmark.example/tenant"
    assert single_sign_on(given(monkeypatch)) is None


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"OIDC_ISSUER": "https://login.example"}, "OIDC_CLIENT_ID is missing"),
        ({"OIDC_CLIENT_ID": "one", "OIDC_CLIENT_SECRET": "two"}, "OIDC_ISSUER is missing"),
        (
            {"OIDC_ISSUER": "http://login.example", "OIDC_CLIENT_ID": "one", "OIDC_CLIENT_SECRET": "two"},
            "must begin with https://",
        ),
    ],
)
def test_half_a_provider_stops_the_start_with_the_name_of_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, values: dict[str, str], words: str
) -> None:
    with pytest.raises(ImproperlyConfigured, match=words):
        single_sign_on(given(monkeypatch, **values))


def test_passwords_are_not_switched_off_where_nobody_could_come_in_then(monkeypatch: pytest.MonkeyPatch) -> None:
    env = given(monkeypatch, PASSWORD_SIGN_IN="off")

    with pytest.raises(ImproperlyConfigured, match="nobody could sign in"):
        password_sign_in(env, has_single_sign_on=False)
    assert password_sign_in(env, has_single_sign_on=True) is False


@pytest.mark.parametrize("networks", ["10.20.0.0", "10.20.0.0/16,fd00::/8", " 127.0.0.1/32 "])
def test_networks_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch, networks: str) -> None:
    monkeypatch.setenv("WEBHOOK_NETWORKS", networks)

    assert [str(one).split("/")[0] for one in webhook_networks(Env())] == [
        one.strip().split("/")[0] for one in networks.split(",")
    ]


@pytest.mark.parametrize("networks", ["crm.example.com", "10.20.0.1/16"])
def test_what_is_no_network_is_told_at_the_start(monkeypatch: pytest.MonkeyPatch, networks: str) -> None:
    monkeypatch.setenv("WEBHOOK_NETWORKS", networks)

    with pytest.raises(ImproperlyConfigured, match="WEBHOOK_NETWORKS"):
        webhook_networks(Env())
