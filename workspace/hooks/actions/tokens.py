"""Making, checking and revoking access tokens."""

import hashlib
import re
import secrets
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from workspace.hooks import policies
from workspace.hooks.models import Token
from workspace.journal import actions as journal
from workspace.people.models import Person

PREFIX = "smk_"
SCOPE = re.compile(r"^(\*|[a-z][a-z-]*:(read|write))\Z")
# How often the last use is written down: a token that asks ten times a second is one row a minute.
USE_RESOLUTION = timedelta(minutes=1)
LONGEST_DAYS = 3650


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

    People make tokens for themselves; `by` is None for the command line, which makes them for anybody.

    Raises:
        PermissionDenied: the token would speak for somebody else, or the role of `by` makes none.
        ValidationError: by field: no scope or an ill-formed one, a term too short or too long, a name too long.
    """
    if by is not None and not policies.may_make(by, person):
        raise PermissionDenied(_("A token acts as its person, so people make tokens for themselves only."))
    wrong = [scope for scope in scopes if not SCOPE.match(scope)]
    if wrong or not scopes:
        raise ValidationError(
            {"scopes": _("A scope is * or a resource with what it allows, as leads:read: %s") % ", ".join(wrong)}
        )
    if days is not None and not 1 <= days <= LONGEST_DAYS:
        raise ValidationError({"days": _("A token lasts from one day to %d days.") % LONGEST_DAYS})
    secret = PREFIX + secrets.token_urlsafe(32)
    token = Token(
        person=person,
        name=name or _("command line"),
        digest=digest_of(secret),
        hint=secret[:8],
        scopes=sorted(set(scopes)),
        created_at=at,
        expires_at=None if days is None else at + timedelta(days=days),
    )
    token.clean_fields(exclude=["person", "expires_at", "last_used_at", "revoked_at"])
    token.save(force_insert=True)
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
    """Make the token useless from now on; an already revoked one keeps its time. `by` is None for the workspace itself.

    Raises:
        PermissionDenied: it is somebody else's, and `by` does not administer tokens.
    """
    if by is not None and not policies.may_revoke(by, token):
        raise PermissionDenied(_("This token is somebody else’s."))
    if Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=at):
        journal.record("token.revoked", subject=token, by=by, at=at, is_demo=token.person.is_demo, name=token.name)
