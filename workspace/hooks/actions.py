"""Making, checking and revoking access tokens."""

import hashlib
import re
import secrets
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from workspace.hooks.models import Token
from workspace.journal import actions as journal
from workspace.people.models import Person

PREFIX = "smk_"
SCOPE = re.compile(r"^(\*|[a-z][a-z-]*:(read|write))\Z")
# How often the last use is written down: a token that asks ten times a second is one row a minute.
USE_RESOLUTION = timedelta(minutes=1)


def digest_of(secret: str) -> str:
    """SHA-256 of a secret; enough for 32 random bytes, which no dictionary holds."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def create(
    person: Person,
    *,
    scopes: list[str],
    at: datetime,
    name: str = "",
    days: int | None = None,
    by: Person | None = None,
) -> tuple[Token, str]:
    """Make a token for `person` and return it with its secret, which is stored nowhere and shown once.

    Raises:
        ValidationError: no scope, an ill-formed one, or a term of no days.
    """
    wrong = [scope for scope in scopes if not SCOPE.match(scope)]
    if wrong or not scopes:
        raise ValidationError(
            {"scopes": _("A scope is * or a resource with what it allows, as leads:read: %s") % ", ".join(wrong)}
        )
    if days is not None and days < 1:
        raise ValidationError({"days": _("A token lasts one day at least.")})
    secret = PREFIX + secrets.token_urlsafe(32)
    token = Token.objects.create(
        person=person,
        name=name or _("command line"),
        digest=digest_of(secret),
        hint=secret[:8],
        scopes=sorted(set(scopes)),
        created_at=at,
        expires_at=None if days is None else at + timedelta(days=days),
    )
    journal.record(
        "token.created",
        subject=token,
        by=by,
        at=at,
        is_demo=person.is_demo,
        name=token.name,
        scopes=" ".join(token.scopes),
    )
    return token, secret


def find(secret: str, *, at: datetime) -> Token | None:
    """The usable token with this secret, with its person, or None; its last use is kept to the minute."""
    token = Token.objects.usable(at).select_related("person").filter(digest=digest_of(secret)).first()
    if token is not None and (token.last_used_at is None or at - token.last_used_at > USE_RESOLUTION):
        Token.objects.filter(pk=token.pk).update(last_used_at=at)
    return token


@transaction.atomic
def revoke(token: Token, *, at: datetime, by: Person | None = None) -> None:
    """Make the token useless from now on; an already revoked one keeps its time."""
    if Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=at):
        journal.record("token.revoked", subject=token, by=by, at=at, is_demo=token.person.is_demo, name=token.name)
