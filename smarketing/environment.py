"""What is read from the environment with more than one line of care."""

import ipaddress
import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from environs import Env

from smarketing.embedded import places


def secret_key(env: Env, data_dir: Path, *, embedded: bool) -> str:
    """The key that signs sessions and links.

    With the embedded database it is made once and kept in `data_dir`, readable by its owner only; otherwise the
    environment must give it.

    Raises:
        ImproperlyConfigured: `SECRET_KEY` is missing and there is no embedded database, or the key that was made
            belongs to another user.
    """
    given: str = env.str("SECRET_KEY", default="")
    if given:
        return given
    if not embedded:
        raise ImproperlyConfigured(
            "SECRET_KEY is missing. With DATABASE_URL it must be set to 50 random characters or more, the same for "
            "every process: python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"
        )
    path = data_dir / "secret-key"
    try:
        if not path.exists():
            _make_secret_key(path)
        return path.read_text().strip()
    except PermissionError as error:
        raise ImproperlyConfigured(
            f"{path} cannot be read: somebody else runs smarketing in this folder. Be that user, or choose another "
            f"DATA_DIR."
        ) from error


def _make_secret_key(path: Path) -> None:
    """Write it aside and link it into place: of two processes that start at once, both use the key of the first."""
    places.make_data_dir(path.parent)
    aside = path.with_name(f"secret-key.{os.getpid()}")
    aside.touch(mode=0o600)
    aside.write_text(secrets.token_urlsafe(50))
    try:
        path.hardlink_to(aside)
    except FileExistsError:
        pass
    finally:
        aside.unlink()


def single_sign_on(env: Env) -> dict[str, Any] | None:
    """The company's OpenID Connect provider, as allauth wants it told, or None where there is none.

    Raises:
        ImproperlyConfigured: only a part of it is given, or the issuer would be asked without TLS.
    """
    names = ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")
    given = {name: env.str(name, default="").strip() for name in names}
    if not any(given.values()):
        return None
    for name, value in given.items():
        if not value:
            raise ImproperlyConfigured(f"{name} is missing. Single sign-on needs all of {', '.join(names)}.")
    issuer = urlsplit(given["OIDC_ISSUER"])
    if issuer.scheme != "https" and not (issuer.scheme == "http" and _is_here(issuer.hostname or "")):
        raise ImproperlyConfigured("OIDC_ISSUER must begin with https://, as https://login.example.com/company.")
    return {
        "provider_id": "company",
        "name": env.str("OIDC_NAME", default="") or "Single sign-on",
        "client_id": given["OIDC_CLIENT_ID"],
        "secret": given["OIDC_CLIENT_SECRET"],
        "settings": {
            "server_url": given["OIDC_ISSUER"].rstrip("/"),
            "oauth_pkce_enabled": True,
            "verified_email": env.bool("OIDC_TRUST_ADDRESSES", default=False),
        },
    }


def password_sign_in(env: Env, *, has_single_sign_on: bool) -> bool:
    """Whether people may sign in by password.

    Raises:
        ImproperlyConfigured: it is switched off, and there is no single sign-on to come in by.
    """
    is_on: bool = env.bool("PASSWORD_SIGN_IN", default=True)
    if not is_on and not has_single_sign_on:
        raise ImproperlyConfigured(
            "PASSWORD_SIGN_IN is off, so nobody could sign in. Set OIDC_ISSUER and its companions, or switch it on."
        )
    return is_on


def webhook_networks(env: Env) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """The networks inside the house to which webhooks may go.

    Raises:
        ImproperlyConfigured: one of them is none.
    """
    given: list[str] = env.list("WEBHOOK_NETWORKS", default=[])
    try:
        return [ipaddress.ip_network(one.strip()) for one in given]
    except ValueError as error:
        raise ImproperlyConfigured(
            f"WEBHOOK_NETWORKS takes networks separated by commas, as 10.20.0.0/16,192.168.7.9/32: {error}"
        ) from error


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
