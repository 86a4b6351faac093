"""How somebody signs in, as their security page shows it."""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.http import HttpRequest

from workspace.journal.models import JournalEntry
from workspace.people.models import Person
from workspace.people.roles import Role
from workspace.security import devices
from workspace.security.factors import codes_left, with_second_factors
from workspace.security.registry import GROUP

_EVENTS = 10
_NAMED = 20
_LOOPBACK_NAME = "localhost"


@dataclass(frozen=True)
class Device:
    """One session of somebody. `is_this` marks the one that asks."""

    pk: int
    words: str
    ip: str
    last_seen_at: datetime
    is_mobile: bool
    is_this: bool


@dataclass(frozen=True)
class Factors:
    """What somebody has set up; `codes_left` is None without recovery codes."""

    passkeys: list[Authenticator]
    app: Authenticator | None
    codes_left: int | None

    @property
    def are_there(self) -> bool:
        return bool(self.passkeys or self.app)


@dataclass(frozen=True)
class Readiness:
    """How many people of a role have a second factor, and who has none yet."""

    role: Role
    ready: int
    missing: list[Person]

    @property
    def named(self) -> list[Person]:
        """The first of those who have none; the page of a large company is no list of its people."""
        return self.missing[:_NAMED]

    @property
    def unnamed(self) -> int:
        return len(self.missing) - len(self.named)

    @property
    def all(self) -> int:
        return self.ready + len(self.missing)


def devices_of(person: Person, key: str | None, now: datetime) -> list[Device]:
    """The sessions of `person` that are still open, this one first, then the last seen. Costs one query."""
    alive = Session.objects.filter(expire_date__gt=now).values("session_key")
    rows = UserSession.objects.filter(user=person, session_key__in=alive).order_by("-last_seen_at", "-pk")
    found = [
        Device(
            row.pk,
            devices.describe(row.user_agent),
            row.ip,
            row.last_seen_at,
            devices.is_mobile(row.user_agent),
            row.session_key == key,
        )
        for row in rows
    ]
    return sorted(found, key=lambda device: not device.is_this)


def factors_of(person: Person) -> Factors:
    """What `person` has set up. Costs one query; no secret is unsealed."""
    rows = list(Authenticator.objects.filter(user=person).order_by("created_at", "pk"))
    codes = next((row for row in rows if row.type == Authenticator.Type.RECOVERY_CODES), None)
    return Factors(
        passkeys=[row for row in rows if row.type == Authenticator.Type.WEBAUTHN],
        app=next((row for row in rows if row.type == Authenticator.Type.TOTP), None),
        codes_left=codes_left(codes) if codes else None,
    )


def events_of(person: Person) -> Iterable[JournalEntry]:
    """The last things that happened to the sign-in of `person`."""
    return JournalEntry.objects.on_thread("person", person.pk).of_groups([GROUP])[:_EVENTS]


def readiness() -> list[Readiness]:
    """Each role, in their order, with who has a second factor and who has none. Costs two queries."""
    people = list(with_second_factors(Person.objects.active()).prefetch_related("groups").order_by("name", "pk"))
    found = []
    for role in Role:
        holders = [one for one in people if role.value in one.roles]
        missing = [one for one in holders if not one.has_second_factor]
        found.append(Readiness(role, len(holders) - len(missing), missing))
    return found


def named_address(request: HttpRequest) -> str:
    """This page at a name, when it was opened at a number, for which browsers make no passkeys.

    `localhost` for this very machine, else what the operator says that links begin with; empty where neither has a name.
    """
    host = urlsplit(f"//{request.get_host()}").hostname or ""
    number = _number(host)
    if number is None:
        return ""
    if number.is_loopback:
        port = request.get_port()
        return f"{request.scheme}://{_LOOPBACK_NAME}:{port}{request.path}"
    base = urlsplit(str(settings.BASE_URL))
    return f"{settings.BASE_URL}{request.path}" if _number(base.hostname or "") is None else ""


def has_name(request: HttpRequest) -> bool:
    """Whether this page was opened at a name, as passkeys need it."""
    return _number(urlsplit(f"//{request.get_host()}").hostname or "") is None


def _number(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
