"""Jobs: work that takes longer than a page, with its progress."""

import uuid
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workspace.people.models import Person


class JobQuerySet(models.QuerySet["Job"]):
    def due(self, now: datetime) -> Self:
        """Those that wait for a worker, and those whose worker died and let its lease run out."""
        waiting = Q(state=Job.State.WAITING)
        orphaned = Q(state=Job.State.RUNNING, lease_until__lt=now)
        return self.filter(waiting | orphaned).order_by("created_at", "pk")

    def visible_to(self, person: Person) -> Self:
        """One's own; administrators see all."""
        return self if person.has_perm("workspace_jobs.view_job") else self.filter(by=person)


class Job(models.Model):
    """One piece of long work. `cursor` is where the last committed step ended; a killed job resumes there."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits for a worker")
        RUNNING = "running", _("Runs")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    # From a state to those it may become.
    MOVES = {
        State.WAITING: {State.RUNNING, State.CANCELLED},
        State.RUNNING: {State.DONE, State.FAILED, State.CANCELLED},
        State.DONE: set(),
        State.FAILED: set(),
        State.CANCELLED: set(),
    }

    kind = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="jobs")
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    params = models.JSONField(default=dict)
    total = models.BigIntegerField(null=True)
    done = models.BigIntegerField(default=0)
    cursor = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    lease = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    cancel_asked = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        indexes = [
            models.Index(
                fields=["state", "lease_until"], name="job_due", condition=Q(state__in=["waiting", "running"])
            ),
            models.Index(fields=["by", "-created_at"], name="job_by_person"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "running"], finished_at=None)
                | Q(state__in=["done", "failed", "cancelled"], finished_at__isnull=False),
                name="job_end_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.state})"

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.WAITING, self.State.RUNNING)

    @property
    def percent(self) -> int | None:
        """Whole per cent of the work done; None while its size is not known."""
        if not self.total:
            return None
        return min(100, self.done * 100 // self.total)

    def seconds_left(self, now: datetime) -> int | None:
        """How long the rest takes at the pace so far, in whole seconds; None while that cannot be told."""
        if not self.total or not self.done or self.started_at is None:
            return None
        pace = self.done / max((now - self.started_at).total_seconds(), 0.001)
        return int((self.total - self.done) / pace)

    def held_by(self, lease: uuid.UUID) -> bool:
        return self.state == self.State.RUNNING and self.lease == lease
