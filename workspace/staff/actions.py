"""People come in by invitation, change roles and departments, and leave without being deleted; the journal hears of it."""

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from workspace import queue
from workspace.commitments import actions as commitments
from workspace.commitments.models import Commitment
from workspace.journal import actions as journal
from workspace.notices import actions as notices
from workspace.people.actions import demand_administrator, give_role
from workspace.people.models import Department, Invitation, Person
from workspace.people.roles import Role
from workspace.security import actions as security
from workspace.staff import holdings

INVITATION_DAYS = 14
FIRST_ADMINISTRATOR_DAYS = 1
OWN = ("name", "job_title", "time_zone", "theme")
BY_ADMINISTRATORS = ("email", "name", "job_title", "time_zone")


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def invite(
    email: str, *, role: Role, departments: Iterable[Department], by: Person, at: datetime, name: str = ""
) -> Invitation:
    """Invite somebody; the mail with the link goes out soon. An earlier invitation of the same address loses its force.

    Raises:
        PermissionDenied: `by` is no administrator.
        ValidationError: the address is ill-formed, or its owner is here already.
    """
    demand_administrator(by)
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise ValidationError({"email": error.messages}) from error
    if (known := Person.objects.filter(email__iexact=email).first()) is not None:
        words = _("This person is here already.") if known.is_active else _("This person was here; let them in again.")
        raise ValidationError({"email": words})
    Invitation.objects.open(at).filter(email=email).update(expires_at=at, mail_due_at=None)
    invitation = Invitation.objects.create(
        email=email,
        name=name.strip(),
        role=role,
        invited_by=by,
        invited_at=at,
        expires_at=at + timedelta(days=INVITATION_DAYS),
        mail_due_at=at,
    )
    invitation.departments.set(departments)
    journal.record(
        "person.invited", subject=invitation, by=by, at=at, is_demo=by.is_demo, email=email, role=str(role.label)
    )
    queue.soon("workspace.staff.mail_invitation", invitation.pk)
    return invitation


@transaction.atomic
def mail_again(invitation: Invitation, *, by: Person, at: datetime) -> Invitation:
    """Send a new link in a new mail, good for as long as the first was; the old link loses its force.

    Raises:
        PermissionDenied: `by` is no administrator.
        ValidationError: the invited person has come in.
    """
    demand_administrator(by)
    invitation = Invitation.objects.select_for_update(no_key=True).get(pk=invitation.pk)
    if invitation.accepted_at is not None:
        raise ValidationError(_("%s has come in already.") % invitation)
    invitation.expires_at = at + timedelta(days=INVITATION_DAYS)
    invitation.mail_due_at, invitation.mail_tries = at, 0
    invitation.save(update_fields=["expires_at", "mail_due_at", "mail_tries"])
    queue.soon("workspace.staff.mail_invitation", invitation.pk)
    return invitation


@transaction.atomic
def withdraw(invitation: Invitation, *, by: Person, at: datetime) -> Invitation:
    """Take an invitation back: its link opens nothing from now on.

    Raises:
        PermissionDenied: `by` is no administrator.
        ValidationError: the invited person has come in.
    """
    demand_administrator(by)
    invitation = Invitation.objects.select_for_update(no_key=True).get(pk=invitation.pk)
    if invitation.accepted_at is not None:
        raise ValidationError(_("%s has come in already.") % invitation)
    invitation.expires_at, invitation.mail_due_at = min(at, invitation.expires_at), None
    invitation.save(update_fields=["expires_at", "mail_due_at"])
    journal.record("person.uninvited", subject=invitation, by=by, at=at, is_demo=by.is_demo, email=invitation.email)
    return invitation


def fresh_link(invitation: Invitation) -> str:
    """A new link that opens `invitation`, whose earlier one loses its force; it is stored nowhere."""
    secret = secrets.token_urlsafe(32)
    invitation.digest = _digest(secret)
    invitation.save(update_fields=["digest"])
    return str(settings.BASE_URL) + reverse("people:accept_invitation", args=[secret])


@transaction.atomic
def first_administrator_link(*, at: datetime) -> str:
    """A one-time link by which the first administrator of an empty workspace comes in; earlier ones lose their force.

    Raises:
        PermissionDenied: somebody is here already.
    """
    if Person.objects.active().exists():
        raise PermissionDenied("The workspace has people already.")
    Invitation.objects.open(at).filter(email="").update(expires_at=at)
    invitation = Invitation.objects.create(
        role=Role.ADMINISTRATOR, invited_at=at, expires_at=at + timedelta(days=FIRST_ADMINISTRATOR_DAYS)
    )
    return fresh_link(invitation)


def find_invitation(secret: str, *, at: datetime) -> Invitation | None:
    """The invitation that `secret` opens, if it is still good."""
    return Invitation.objects.open(at).select_related("invited_by").filter(digest=_digest(secret)).first()


@transaction.atomic
def accept_invitation(
    secret: str, *, email: str, name: str, password: str | None, time_zone: str, at: datetime
) -> Person:
    """Make the invited person, who can sign in from now on; the invitation is used up.

    A mailed invitation is for its address only: `email` counts for the first administrator's alone. Without a `password`
    they come by single sign-on.

    Raises:
        ValidationError: the invitation is used up or too old, or the password, the address or the zone does not do.
    """
    invitation = Invitation.objects.open(at).select_for_update(no_key=True).filter(digest=_digest(secret)).first()
    if invitation is None:
        raise ValidationError(_("This invitation is used up or too old. Ask for a new one."), code="gone")
    address = (invitation.email or email).strip().lower()
    if Person.objects.filter(email__iexact=address).exists():
        raise ValidationError({"email": _("This person is here already.")})
    person = Person(email=address, name=name.strip(), time_zone=time_zone, joined_at=at)
    if password is not None:
        _demand_password(password, person)
    person.set_password(password)
    person.full_clean(exclude=["password"])
    person.save()
    person.departments.set(invitation.departments.all())
    role = Role(invitation.role)
    give_role(person, role)
    invitation.accepted_by, invitation.accepted_at, invitation.mail_due_at = person, at, None
    invitation.save(update_fields=["accepted_by", "accepted_at", "mail_due_at"])
    journal.record("person.joined", subject=person, by=person, at=at, role=str(role.label))
    return person


def _demand_password(password: str, person: Person) -> None:
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise ValidationError({"password": error.messages}) from error


@transaction.atomic
def set_own(person: Person, values: Mapping[str, str]) -> Person:
    """Change what people say of themselves (`OWN`), and return them as stored. A taste, not an event: no journal entry.

    Raises:
        ValidationError: by field.
    """
    person = Person.objects.select_for_update(no_key=True, of=("self",)).get(pk=person.pk)
    zone = person.time_zone
    for key in OWN:
        if key in values:
            setattr(person, key, values[key].strip())
    person.full_clean(exclude=["password"])
    person.save(update_fields=OWN)
    if person.time_zone != zone:
        # The digest is ahead of now, whenever the form was sent.
        notices.plan_digest_anew(person, at=timezone.now())
    return person


@transaction.atomic
def change_person(person: Person, values: Mapping[str, str], *, by: Person, at: datetime) -> Person:
    """Change what administrators keep of somebody (`BY_ADMINISTRATORS`), and return them as stored.

    Raises:
        PermissionDenied: `by` is no administrator.
        ValidationError: by field.
    """
    demand_administrator(by)
    person = Person.objects.select_for_update(no_key=True, of=("self",)).get(pk=person.pk)
    given = {key: values[key].strip() for key in BY_ADMINISTRATORS if key in values}
    if "email" in given:
        given["email"] = given["email"].lower()
    changed = [key for key, value in given.items() if getattr(person, key) != value]
    for key in changed:
        setattr(person, key, given[key])
    person.full_clean(exclude=["password"])
    if "email" in changed:
        # Else the earlier mailbox could still sign in, and ask for a new password; and whoever has it at the provider.
        EmailAddress.objects.filter(user=person).delete()
        SocialAccount.objects.filter(user=person).delete()
    if changed:
        person.save(update_fields=changed)
        if "time_zone" in changed:
            notices.plan_digest_anew(person, at=at)
        labels = [str(Person._meta.get_field(key).verbose_name) for key in changed]  # type: ignore[union-attr]
        _tell("person.changed", person, by=by, at=at, what=", ".join(labels))
    return person


@transaction.atomic
def set_departments(person: Person, departments: Iterable[Department], *, by: Person, at: datetime) -> Person:
    """Let `person` belong to exactly these departments.

    Raises:
        PermissionDenied: `by` is no administrator.
    """
    demand_administrator(by)
    wanted = sorted(departments, key=lambda department: department.key)
    if list(person.departments.order_by("key")) != wanted:
        person.departments.set(wanted)
        _tell("person.moved", person, by=by, at=at, departments=" + ".join(map(str, wanted)))
    return Person.objects.get(pk=person.pk)


@transaction.atomic
def set_role(person: Person, role: Role, *, by: Person, at: datetime) -> Person:
    """Give `person` this one role instead of those held.

    Raises:
        PermissionDenied: `by` is no administrator.
        ValidationError: nobody would be left to administer the workspace.
    """
    demand_administrator(by)
    held = set(person.groups.values_list("name", flat=True))
    if held == {role.value}:
        return person
    if role is not Role.ADMINISTRATOR:
        _demand_another_administrator(person, "role")
    give_role(person, role)
    _tell("person.role_set", person, by=by, at=at, role=str(role.label))
    return Person.objects.get(pk=person.pk)


@transaction.atomic
def deactivate(person: Person, *, by: Person, at: datetime, hand_to: Person | None = None) -> Person:
    """Let somebody go: they are signed out everywhere, cannot sign in any more, and what they did stays theirs.

    What they still owe, and all that they look after, goes into the hands of `hand_to`.

    Raises:
        PermissionDenied: `by` is no administrator.
        ValidationError: nobody would be left to administer the workspace; or, for `hand_to`, they owe or look after something
            that nobody takes over, or that this colleague cannot.
    """
    demand_administrator(by)
    _demand_another_administrator(person)
    person = _set_active(
        person, is_active=False, by=by, at=at
    )  # first: who has left is told nothing of what is handed over
    if hand_to is not None:
        # Before we lock the person: whoever works on such a record at this moment has locked it, and may need the person next.
        _hand_holdings(person, hand_to, by=by, at=at)
    # Against whoever gives them something at this very moment: that one comes before us, or finds them gone.
    Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if hand_to is None:
        _demand_empty_hands(person)
    else:
        _hand_holdings(person, hand_to, by=by, at=at)
        commitments.hand_over(person, hand_to, by=by, at=at)
    security.end_sessions(person, by=by, at=at)
    return person


def _demand_empty_hands(person: Person) -> None:
    told = []
    if owed := Commitment.objects.open().owed_by(person).count():
        words = ngettext(
            "%d open commitment has to be handed over first.", "%d open commitments have to be handed over first.", owed
        )
        told.append(words % owed)
    if held := holdings.held_by(person):
        told.append(_("Somebody has to take over %s.") % ", ".join(held))
    if told:
        raise ValidationError({"hand_to": " ".join(told)})


def _hand_holdings(person: Person, to: Person, *, by: Person, at: datetime) -> None:
    commitments.demand_successor(person, to)
    for holding in holdings.entries().values():
        holding.hand_over(person, to, by, at)


@transaction.atomic
def reactivate(person: Person, *, by: Person, at: datetime) -> Person:
    """Let somebody in again.

    Raises:
        PermissionDenied: `by` is no administrator.
    """
    demand_administrator(by)
    return _set_active(person, is_active=True, by=by, at=at)


def _set_active(person: Person, *, is_active: bool, by: Person, at: datetime) -> Person:
    person = Person.objects.select_for_update(no_key=True, of=("self",)).get(pk=person.pk)
    if person.is_active != is_active:
        person.is_active = is_active
        person.save(update_fields=["is_active"])
        _tell("person.reactivated" if is_active else "person.deactivated", person, by=by, at=at)
    return person


@transaction.atomic
def rename_department(department: Department, name: str, *, by: Person, at: datetime) -> Department:
    """Call a department as the company does; its letter stays.

    Raises:
        PermissionDenied: `by` is no administrator.
        ValidationError: for `name`.
    """
    demand_administrator(by)
    department.name = name.strip()
    department.full_clean()
    department.save(update_fields=["name"])
    journal.record("department.renamed", subject=department, by=by, at=at, name=department.name)
    return department


@transaction.atomic
def set_permissions(role: Group, permissions: Iterable[Permission], *, by: Person, at: datetime) -> Group:
    """Let a role hold exactly these permissions; what is taken away here no update grants again.

    Raises:
        PermissionDenied: `by` is no administrator.
        ValidationError: administrators would lose the administration of people.
    """
    demand_administrator(by)
    wanted = set(permissions)
    names = {f"{one.content_type.app_label}.{one.codename}" for one in wanted}
    if role.name == Role.ADMINISTRATOR and "workspace_people.change_person" not in names:
        raise ValidationError({"permissions": _("Nobody would be left to administer the workspace.")})
    held = set(role.permissions.all())
    if held != wanted:
        role.permissions.set(wanted)
        added, removed = len(wanted - held), len(held - wanted)
        journal.record("role.changed", subject=role, by=by, at=at, role=role.name, added=added, removed=removed)
    return role


def _demand_another_administrator(person: Person, field: str = "__all__") -> None:
    # Locked, so that two administrators cannot dismiss each other at the same moment.
    group = Group.objects.select_for_update(no_key=True).get(name=Role.ADMINISTRATOR)
    others = Person.objects.active().filter(groups=group).exclude(pk=person.pk)
    if person.groups.filter(pk=group.pk).exists() and not others.exists():
        raise ValidationError({field: _("Nobody would be left to administer the workspace.")})


def _tell(verb: str, person: Person, *, by: Person, at: datetime, **facts: str) -> None:
    happening = journal.Happening(verb, person, at, facts=facts, is_demo=person.is_demo)
    journal.record_many([happening], by=by)
