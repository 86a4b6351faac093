"""Webhooks: the endpoints of other programs, and what is delivered to them."""

from datetime import datetime, timedelta
from typing import Final, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from workspace import verbs
from workspace.people.models import Person

# Among the events of an endpoint: all there are, and those that a later version brings.
ALL_EVENTS: Final = "*"


class EndpointQuerySet(models.QuerySet["Endpoint"]):
    def visible_to(self, person: Person) -> Self:
        """All of them for who administers webhooks, none for anybody else."""
        return self if person.has_perm("workspace_hooks.view_endpoint") else self.none()


class Endpoint(models.Model):
    """An address of another program that hears of `events` (verbs of the journal) while it is on.

    `secret` is sealed: it signs what is sent, and is shown once. `version` counts what people changed. The rest is about how
    deliveries go: `failures` in a row since `failing_since`; until `rests_until` nothing is tried. `switched_off_at` is when
    the workspace itself switched it off; it is empty where a person did.
    """

    name = models.CharField(_("name"), max_length=100)
    url = models.CharField(_("address"), max_length=500)
    events = ArrayField(models.CharField(max_length=60), verbose_name=_("events"))
    is_on = models.BooleanField(_("on"), default=True)
    secret = models.TextField(editable=False)
    version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField()
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    rests_until = models.DateTimeField(null=True)
    switched_off_at = models.DateTimeField(null=True)

    objects = EndpointQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_on=False) | Q(switched_off_at=None), name="webhook_that_is_on_was_not_switched_off"
            ),
            models.CheckConstraint(
                condition=Q(failures=0, failing_since=None) | Q(failures__gt=0, failing_since__isnull=False),
                name="webhook_fails_since_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("integrations:webhook", args=[self.pk])

    @property
    def hears_all(self) -> bool:
        return ALL_EVENTS in self.events


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def forgettable(self, now: datetime, *, keep: timedelta) -> Self:
        """Those that the log need not show any more, delivered or not."""
        return self.filter(made_at__lt=now - keep)


class Delivery(models.Model):
    """One message to one endpoint: up to a hundred entries of one verb that one act wrote.

    It points at the journal and repeats nothing of it: the message is written anew for each try, so what was erased meanwhile
    is not sent. `message_id` stays the same from try to try, and when somebody sends it again.
    While it waits, `due_at` is its next try. A column `xid`, which the database fills, is the transaction that wrote it.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits for its next try")
        DELIVERED = "delivered", _("Delivered")
        GIVEN_UP = "given_up", _("Tried too often")
        EMPTY = "empty", _("Nothing is left to tell")

    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="deliveries", db_index=False)
    message_id = models.UUIDField(unique=True)
    verb = models.CharField(max_length=60)
    batch_id = models.UUIDField()
    first_entry = models.BigIntegerField()
    last_entry = models.BigIntegerField()
    entries = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    due_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    took_ms = models.PositiveIntegerField(null=True)
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.CharField(max_length=1_000, blank=True)
    error = models.CharField(max_length=300, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        indexes = [
            models.Index(fields=["endpoint", "-id"], name="delivery_by_endpoint"),
            models.Index(fields=["made_at"], name="delivery_by_age"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="waiting", due_at__isnull=False) | (~Q(state="waiting") & Q(due_at=None)),
                name="delivery_waits_for_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(first_entry__lte=models.F("last_entry"), entries__gte=1), name="delivery_tells_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.message_id}"

    @property
    def label(self) -> str:
        """What the catalogue calls what happened; the key of one that is not in it any more."""
        known = verbs.entries().get(self.verb)
        return self.verb if known is None else str(known.label)

    @property
    def is_new(self) -> bool:
        """Whether no try of it has ended yet."""
        return self.state == self.State.WAITING and not self.error

    @property
    def may_be_replayed(self) -> bool:
        """Whether somebody may send it again: it has been tried, and there is something to tell."""
        return self.state != self.State.EMPTY and not self.is_new
