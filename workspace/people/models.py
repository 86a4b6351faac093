"""People of the workspace and the departments they belong to."""

import zoneinfo
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from workspace.people.roles import Role


def validate_time_zone(name: str) -> None:
    """Refuse what is no IANA time zone."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("“%(name)s” is no time zone, as “Europe/Berlin” is."), params={"name": name})


class Department(models.Model):
    """One of the two sides: marketing (`M`) or sales (`S`). The letter stands beside its colour everywhere."""

    class Key(models.TextChoices):
        MARKETING = "M", _("Marketing")
        SALES = "S", _("Sales")

    key = models.CharField(max_length=1, choices=Key, unique=True)
    name = models.CharField(max_length=60)

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        ordering = ["key"]

    def __str__(self) -> str:
        return self.name


class PersonQuerySet(models.QuerySet["Person"]):
    def active(self) -> Self:
        return self.filter(is_active=True)

    def in_department(self, key: str) -> Self:
        return self.filter(departments__key=key)

    def visible_to(self, person: "Person") -> Self:
        """Colleagues see each other; nobody else sees anybody."""
        return self if person.is_active else self.none()


class PersonManager(BaseUserManager["Person"]):
    def get_queryset(self) -> PersonQuerySet:
        return PersonQuerySet(self.model, using=self._db)

    def active(self) -> PersonQuerySet:
        return self.get_queryset().active()

    def in_department(self, key: str) -> PersonQuerySet:
        return self.get_queryset().in_department(key)

    def visible_to(self, person: "Person") -> PersonQuerySet:
        return self.get_queryset().visible_to(person)

    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Person":
        """A person with a normalised address; without a password nobody can sign in as them."""
        person: Person = self.model(email=self.normalize_email(email).lower(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "Person":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class Person(AbstractBaseUser, PermissionsMixin):
    """Somebody who works here and signs in by e-mail. Who leaves is deactivated, never deleted."""

    class Theme(models.TextChoices):
        AUTO = "auto", _("As the device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=150, blank=True)
    job_title = models.CharField(_("job title"), max_length=120, blank=True)
    departments = models.ManyToManyField(Department, related_name="members", blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[validate_time_zone])
    theme = models.CharField(_("theme"), max_length=5, choices=Theme, default=Theme.AUTO)
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may enter the administration"), default=False)
    is_demo = models.BooleanField(default=False, editable=False)
    joined_at = models.DateTimeField(default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = PersonManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="person_email_is_in_small_letters")
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return self.short_name

    @property
    def short_name(self) -> str:
        """`Mara L.` of Mara Lindholm, where room is scarce."""
        first, _space, rest = str(self).rpartition(" ")
        return f"{first.split()[0]} {rest[:1]}." if first else rest

    @property
    def initials(self) -> str:
        words = str(self).replace("@", " ").split()
        return "".join(word[0] for word in (words[0], words[-1]) if word)[: 2 if len(words) > 1 else 1].upper()

    @cached_property
    def department_keys(self) -> list[str]:
        """The letters of this person's departments, `M` before `S`. Costs one query, or none when prefetched."""
        return sorted(department.key for department in self.departments.all())

    @cached_property
    def roles(self) -> frozenset[str]:
        """The names of this person's roles (auth groups). Costs one query, or none when prefetched."""
        return frozenset(group.name for group in self.groups.all())

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self, now: datetime) -> Self:
        """Neither used up nor too old."""
        return self.filter(accepted_at=None, expires_at__gt=now)

    def to_mail(self, now: datetime) -> Self:
        """Those whose mail is due, the longest wait first."""
        return self.open(now).filter(mail_due_at__lte=now).order_by("mail_due_at", "pk")


class Invitation(models.Model):
    """A mailed link by which one person joins, once.

    Only the digest of its secret is stored, and the secret is made when the mail is written: it stands in the mail and
    nowhere else. `mail_due_at` is empty where no mail is to be sent (any more).
    """

    email = models.EmailField(_("e-mail"))
    name = models.CharField(_("name"), max_length=150, blank=True)
    role = models.CharField(_("role"), max_length=30, choices=Role)
    departments = models.ManyToManyField(Department, related_name="+", blank=True)
    digest = models.CharField(max_length=64, unique=True, null=True, editable=False)  # noqa: DJ001 - no link yet
    invited_by = models.ForeignKey("Person", models.PROTECT, null=True, related_name="+")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_by = models.OneToOneField("Person", models.PROTECT, null=True, related_name="invitation")
    accepted_at = models.DateTimeField(null=True)
    mail_due_at = models.DateTimeField(null=True)
    mail_tries = models.PositiveSmallIntegerField(default=0)
    mailed_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-invited_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(accepted_by=None, accepted_at=None)
                | Q(accepted_by__isnull=False, accepted_at__isnull=False),
                name="invitation_acceptance_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.email or gettext("the first administrator")


class GrantedDefault(models.Model):
    """A default permission that a role was given once, so that an administrator's later decision stands."""

    role = models.CharField(max_length=30)
    permission = models.CharField(max_length=150)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["role", "permission"], name="default_is_granted_once")]

    def __str__(self) -> str:
        return f"{self.role}: {self.permission}"
