"""Access tokens of people and integrations."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workspace.people.models import Person


class TokenQuerySet(models.QuerySet["Token"]):
    def visible_to(self, person: Person) -> Self:
        """One's own; who administers tokens sees all."""
        return self if person.has_perm("workspace_hooks.view_token") else self.filter(person=person)

    def usable(self, now: datetime) -> Self:
        """Neither revoked nor expired, of people who are still here."""
        unexpired = Q(expires_at=None) | Q(expires_at__gt=now)
        return self.filter(unexpired, revoked_at=None, person__is_active=True)


class Token(models.Model):
    """A key to the API for what `person` may do, within `scopes`. Only the digest of the secret is stored."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="tokens")
    name = models.CharField(_("name"), max_length=100)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    hint = models.CharField(max_length=12, editable=False)
    scopes = ArrayField(models.CharField(max_length=60))
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = TokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("access token")
        verbose_name_plural = _("access tokens")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}…)"

    def allows(self, scope: str) -> bool:
        """Whether `scope` (as `leads:write`) or everything (`*`) is among the scopes; writing includes reading."""
        resource, _colon, act = scope.partition(":")
        enough = {"*", scope} | ({f"{resource}:write"} if act == "read" else set())
        return not enough.isdisjoint(self.scopes)
