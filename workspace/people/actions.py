"""People come in by invitation, change roles, and leave without being deleted."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from workspace import queue
from workspace.people import policies
from workspace.people.models import Department, Invitation, Person
from workspace.people.roles import Role

INVITATION_DAYS = 14
FIRST_ADMINISTRATOR_DAYS = 1


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _demand_administrator(by: Person | None) -> None:
    if by is not None and not policies.may_administer_people(by):
        raise PermissionDenied(_("Only administrators may change who works here."))


@transaction.atomic
def invite(
    email: str, *, role: Role, departments: Iterable[Department], by: Person, at: datetime, name: str = ""
) -> tuple[Invitation, str]:
    """Invite somebody by mail and return the invitation with its secret, which is stored nowhere.

    An earlier invitation of the same address loses its force.

    Raises:
        PermissionDenied: `by` is no administrator.
        ValidationError: the address is ill-formed, or its owner is here already.
    """
    _demand_administrator(by)
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise ValidationError({"email": error.messages}) from error
    if Person.objects.active().filter(email__iexact=email).exists():
        raise ValidationError({"email": _("This person is here already.")})
    Invitation.objects.filter(email=email, accepted_at=None, expires_at__gt=at).update(expires_at=at)
    invitation, secret = _new_invitation(email, role, by=by, at=at, days=INVITATION_DAYS, name=name)
    invitation.departments.set(departments)
    queue.soon("workspace.people.mail_invitation", invitation.pk, secret)
    return invitation, secret


@transaction.atomic
def invite_first_administrator(*, at: datetime) -> str:
    """The secret of a one-time invitation by which the first administrator of an empty workspace comes in.

    Raises:
        PermissionDenied: somebody is here already.
    """
    if Person.objects.active().exists():
        raise PermissionDenied("The workspace has people already.")
    Invitation.objects.filter(email="", accepted_at=None, expires_at__gt=at).update(expires_at=at)
    _invitation, secret = _new_invitation("", Role.ADMINISTRATOR, by=None, at=at, days=FIRST_ADMINISTRATOR_DAYS)
    return secret


def _new_invitation(
    email: str, role: Role, *, by: Person | None, at: datetime, days: int, name: str = ""
) -> tuple[Invitation, str]:
    secret = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        email=email,
        name=name,
        role=role,
        digest=_digest(secret),
        invited_by=by,
        invited_at=at,
        expires_at=at + timedelta(days=days),
    )
    return invitation, secret


def find_invitation(secret: str, *, at: datetime) -> Invitation | None:
    """The invitation that `secret` opens, if it is still good."""
    return Invitation.objects.filter(digest=_digest(secret), accepted_at=None, expires_at__gt=at).first()


@transaction.atomic
def accept_invitation(secret: str, *, email: str, name: str, password: str, time_zone: str, at: datetime) -> Person:
    """Make the invited person, who can sign in from now on; the invitation is used up.

    A mailed invitation is for its address only: `email` counts for the first administrator's alone.

    Raises:
        ValidationError: the invitation is used up or too old, or the password, the address or the zone does not do.
    """
    invitation = (
        Invitation.objects.select_for_update()
        .filter(digest=_digest(secret), accepted_at=None, expires_at__gt=at)
        .first()
    )
    if invitation is None:
        raise ValidationError(_("This invitation is used up or too old. Ask for a new one."))
    address = (invitation.email or email).strip().lower()
    if Person.objects.filter(email__iexact=address).exists():
        raise ValidationError({"email": _("This person is here already.")})
    person = Person(email=address, name=name.strip(), time_zone=time_zone, joined_at=at)
    _demand_password(password, person)
    person.set_password(password)
    person.full_clean(exclude=["password"])
    person.save()
    person.departments.set(invitation.departments.all())
    _give_role(person, Role(invitation.role))
    invitation.accepted_by, invitation.accepted_at = person, at
    invitation.save(update_fields=["accepted_by", "accepted_at"])
    return person


def _demand_password(password: str, person: Person) -> None:
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise ValidationError({"password": error.messages}) from error


@transaction.atomic
def add_person(
    email: str,
    *,
    name: str,
    role: Role,
    departments: Iterable[str],
    by: Person | None,
    at: datetime,
    password: str | None = None,
    time_zone: str = "UTC",
    is_demo: bool = False,
) -> Person:
    """Make a person without an invitation: for the demo workspace and for imports of colleagues' names.

    Raises:
        PermissionDenied: `by` is no administrator.
    """
    _demand_administrator(by)
    person = Person.objects.create_user(email, password, name=name, time_zone=time_zone, is_demo=is_demo, joined_at=at)
    person.departments.set(Department.objects.filter(key__in=list(departments)))
    _give_role(person, role)
    return person


@transaction.atomic
def set_role(person: Person, role: Role, *, by: Person) -> Person:
    """Give `person` this one role instead of those held.

    Raises:
        PermissionDenied: `by` is no administrator.
        ValidationError: nobody would be left to administer the workspace.
    """
    _demand_administrator(by)
    if role is not Role.ADMINISTRATOR:
        _demand_another_administrator(person)
    _give_role(person, role)
    return person


@transaction.atomic
def deactivate(person: Person, *, by: Person) -> Person:
    """Let somebody go: they cannot sign in any more, and what they did stays theirs.

    Raises:
        PermissionDenied: `by` is no administrator.
        ValidationError: nobody would be left to administer the workspace.
    """
    _demand_administrator(by)
    _demand_another_administrator(person)
    person.is_active = False
    person.save(update_fields=["is_active"])
    return person


@transaction.atomic
def reactivate(person: Person, *, by: Person) -> Person:
    """Let somebody in again.

    Raises:
        PermissionDenied: `by` is no administrator.
    """
    _demand_administrator(by)
    person.is_active = True
    person.save(update_fields=["is_active"])
    return person


def _demand_another_administrator(person: Person) -> None:
    # Locked, so that two administrators cannot dismiss each other at the same moment.
    group = Group.objects.select_for_update().get(name=Role.ADMINISTRATOR)
    others = Person.objects.active().filter(groups=group).exclude(pk=person.pk)
    if person.groups.filter(pk=group.pk).exists() and not others.exists():
        raise ValidationError(_("Nobody would be left to administer the workspace."))


def _give_role(person: Person, role: Role) -> None:
    person.groups.set([Group.objects.get_or_create(name=role.value)[0]])
    person.is_staff = role is Role.ADMINISTRATOR
    person.save(update_fields=["is_staff"])
