"""What happens to sessions, factors and linked sign-ins of people; the journal hears of all of it, and of no secret."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from workspace import queue
from workspace.journal import actions as journal
from workspace.options import actions as options
from workspace.people.actions import demand_administrator
from workspace.people.models import Person
from workspace.people.roles import Role
from workspace.security import devices
from workspace.security.models import Alert
from workspace.security.options import SECOND_FACTOR_ROLES

# What people get a mail about, since it may have been somebody else who did it.
ALERTING: Final = frozenset(
    {
        "security.passkey_added",
        "security.passkey_removed",
        "security.app_added",
        "security.app_removed",
        "security.code_used",
        "security.factors_reset",
        "security.password_set",
        "security.linked",
        "security.unlinked",
    }
)


@transaction.atomic
def tell(verb: str, person: Person, *, by: Person | None, at: datetime, **facts: object) -> None:
    """Write into the journal what happened to the sign-in of `person`, who gets a mail about what matters."""
    happening = journal.Happening(verb, person, at, facts=facts, is_demo=person.is_demo)
    (entry,) = journal.record_many([happening], by=by)
    if verb in ALERTING and not person.is_demo:
        alert = Alert.objects.create(person=person, text=f"{by} {entry.line}", happened_at=at, mail_due_at=at)
        queue.soon("workspace.security.mail_alert", alert.pk)


@transaction.atomic
def demand_of(roles: Iterable[Role], *, by: Person, at: datetime) -> None:
    """Let exactly these roles need a second factor; who has one already notices nothing.

    Raises:
        PermissionDenied: `by` is no administrator.
    """
    demand_administrator(by)
    chosen = set(roles)
    options.change(SECOND_FACTOR_ROLES, [role.value for role in Role if role in chosen], by=by, at=at)


@transaction.atomic
def end_session(session: UserSession, *, by: Person, at: datetime) -> None:
    """Sign one device out.

    Raises:
        PermissionDenied: it is the session of somebody else.
    """
    if session.user_id != by.pk:
        raise PermissionDenied(_("This is the session of somebody else."))
    _forget([session.session_key])
    tell("security.device_signed_out", by, by=by, at=at, device=devices.describe(session.user_agent), ip=session.ip)


@transaction.atomic
def end_sessions(person: Person, *, by: Person | None, at: datetime, keep: str = "") -> int:
    """Sign `person` out everywhere but in the session with the key `keep`; returns how many sessions ended."""
    keys = list(UserSession.objects.filter(user=person).exclude(session_key=keep).values_list("session_key", flat=True))
    if keys:
        _forget(keys)
        tell("security.sessions_ended", person, by=by, at=at, count=len(keys))
    return len(keys)


def _forget(keys: list[str]) -> None:
    Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(session_key__in=keys).delete()


@transaction.atomic
def sign_out(person: Person, *, by: Person, at: datetime) -> int:
    """Sign a colleague out everywhere; returns how many sessions ended.

    Raises:
        PermissionDenied: `by` is no administrator.
    """
    demand_administrator(by)
    return end_sessions(person, by=by, at=at)


@transaction.atomic
def reset_factors(person: Person, *, by: Person, at: datetime) -> None:
    """Take all factors of a colleague who lost them, sign them out, and let them know by mail.

    Raises:
        PermissionDenied: `by` is no administrator.
        ValidationError: it is one's own, which the security page removes, or there is none.
    """
    demand_administrator(by)
    if person.pk == by.pk:
        raise ValidationError(_("Remove your own on your security page; it asks who you are first."))
    taken, _by_kind = Authenticator.objects.filter(user=person).delete()
    if not taken:
        raise ValidationError(_("There is no second factor to reset."))
    end_sessions(person, by=by, at=at)
    tell("security.factors_reset", person, by=by, at=at)


@transaction.atomic
def unlink(account: SocialAccount, *, by: Person, at: datetime) -> None:
    """Part one's own sign-in here from that at the provider; the next sign-in there links it again.

    Raises:
        PermissionDenied: it belongs to somebody else.
        ValidationError: no password would be left to sign in with.
    """
    if account.user_id != by.pk:
        raise PermissionDenied(_("This is the sign-in of somebody else."))
    if not by.has_usable_password():
        raise ValidationError(_("Set a password first: without it you could not sign in any more."))
    account.delete()
    tell("security.unlinked", by, by=by, at=at, uid=account.uid)
