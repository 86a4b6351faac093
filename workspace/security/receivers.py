"""What allauth tells of sign-ins, factors and passwords goes into the journal; sessions end where they must."""

from datetime import datetime
from typing import Any

from allauth.account import signals as account
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from allauth.socialaccount import signals as social
from allauth.socialaccount.adapter import get_adapter as get_social_adapter
from allauth.usersessions.models import UserSession
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from workspace.people.models import Person
from workspace.security import actions, devices
from workspace.security.factors import KINDS, codes_left
from workspace.security.middleware import LastSeenMiddleware


def connect() -> None:
    """Listen, once, when all apps are there."""
    for signal, receiver in (
        (user_logged_in, _begin_session),
        (user_logged_out, _forget_session),
        (account.user_logged_in, _signed_in),
        (account.password_changed, _password_changed),
        (account.password_set, _password_changed),
        (account.password_reset, _password_reset),
        (mfa.authenticator_added, _factor_added),
        (mfa.authenticator_removed, _factor_removed),
        (mfa.authenticator_reset, _codes_made),
        (mfa.authenticator_used, _factor_used),
        (mfa.authentication_failed, _factor_refused),
        (social.social_account_added, _linked),
    ):
        signal.connect(receiver, dispatch_uid=f"workspace.security.{receiver.__name__}")


def words(kind: str) -> str:
    """A kind of factor as people call it."""
    named = {
        Authenticator.Type.TOTP: _("authenticator app"),
        Authenticator.Type.WEBAUTHN: _("passkey"),
        Authenticator.Type.RECOVERY_CODES: _("recovery code"),
    }
    return named[Authenticator.Type(kind)]


def _begin_session(request: HttpRequest, **_signal: Any) -> None:
    LastSeenMiddleware.mark(request)


def _forget_session(request: HttpRequest, **_signal: Any) -> None:
    UserSession.objects.filter(session_key=request.session.session_key).delete()


def _signed_in(request: HttpRequest, user: Person, **_signal: Any) -> None:
    actions.tell(
        "security.signed_in",
        user,
        by=user,
        at=timezone.now(),
        how=_how(request, user),
        device=devices.describe(request.headers.get("User-Agent", "")),
        ip=get_adapter().get_client_ip(request),
    )


def _how(request: HttpRequest, person: Person) -> str:
    """By what the session was opened: “password and authenticator app”."""
    steps = []
    for record in get_authentication_records(request, person):
        if record["method"] == "mfa":
            steps.append(words(record["type"]))
        else:
            steps.append(_("single sign-on") if record["method"] == "socialaccount" else _("password"))
    return _(" and ").join(dict.fromkeys(steps))


def _password_changed(request: HttpRequest, user: Person, **_signal: Any) -> None:
    now = timezone.now()
    actions.tell("security.password_set", user, by=user, at=now)
    actions.end_sessions(user, by=user, at=now, keep=request.session.session_key or "")


def _password_reset(user: Person, **_signal: Any) -> None:
    now = timezone.now()
    actions.tell("security.password_set", user, by=user, at=now)
    actions.end_sessions(user, by=user, at=now)


def _factor_added(request: HttpRequest, user: Person, authenticator: Authenticator, **_signal: Any) -> None:
    now = timezone.now()
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        actions.tell("security.codes_made", user, by=user, at=now)
        return
    _tell_of(authenticator, "added", user, now)
    if not Authenticator.objects.filter(user=user, type__in=KINDS).exclude(pk=authenticator.pk).exists():
        # Sessions that began without a second factor are worth no more than a password.
        actions.end_sessions(user, by=user, at=now, keep=request.session.session_key or "")


def _factor_removed(user: Person, authenticator: Authenticator, **_signal: Any) -> None:
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        _tell_of(authenticator, "removed", user, timezone.now())


def _tell_of(authenticator: Authenticator, what: str, person: Person, at: datetime) -> None:
    if authenticator.type == Authenticator.Type.TOTP:
        actions.tell(f"security.app_{what}", person, by=person, at=at)
    else:
        actions.tell(f"security.passkey_{what}", person, by=person, at=at, name=authenticator.data["name"])


def _codes_made(user: Person, **_signal: Any) -> None:
    actions.tell("security.codes_made", user, by=user, at=timezone.now())


def _factor_used(user: Person, authenticator: Authenticator, **_signal: Any) -> None:
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        authenticator.refresh_from_db(fields=["data"])  # the use was noted on a row read under lock
        actions.tell("security.code_used", user, by=user, at=timezone.now(), left=codes_left(authenticator))


def _factor_refused(request: HttpRequest, user: Person, **_signal: Any) -> None:
    ip = get_adapter().get_client_ip(request)
    actions.tell("security.refused", user, by=None, at=timezone.now(), what=_("code"), ip=ip)


def _linked(request: HttpRequest, sociallogin: Any, **_signal: Any) -> None:
    provider = get_social_adapter(request).get_provider(request, sociallogin.account.provider).name
    person = sociallogin.user
    uid = sociallogin.account.uid
    actions.tell("security.linked", person, by=person, at=timezone.now(), provider=provider, uid=uid)
