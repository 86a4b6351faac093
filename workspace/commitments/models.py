"""Commitments: who owes whom what, the clock that runs, and what became of it."""

from typing import Any, Final, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from workspace.commitments import kinds
from workspace.people.models import Department, Person
from workspace.worktime.models import Calendar

WARNED_AFTER_PERCENT: Final = 80


class CommitmentQuerySet(models.QuerySet["Commitment"]):
    def visible_to(self, person: Person) -> Self:
        """Promises are everybody's who works here; private work is its debtor's alone."""
        return self.filter(Q(is_promise=True) | Q(debtor=person)) if person.is_active else self.none()

    def open(self) -> Self:
        """Those whose clock runs or is paused."""
        return self.filter(state__in=Commitment.OPEN)

    def running(self) -> Self:
        return self.filter(state=Commitment.State.RUNNING)

    def promises(self) -> Self:
        return self.filter(is_promise=True)

    def owed_by(self, person: Person) -> Self:
        return self.filter(debtor=person)

    def waiting_for(self, person: Person) -> Self:
        """Promises of this very person whose clock runs, the first to be due first."""
        return self.promises().running().owed_by(person).order_by("due_at", "pk")

    def about(self, kind: str, pk: int) -> Self:
        """What is owed about one record."""
        return self.filter(subject_kind=kind, subject_id=pk)

    def with_people(self) -> Self:
        """With whom a row speaks of."""
        return self.select_related(
            "debtor", "creditor", "debtor_department", "creditor_department", "closed_by", "made_by"
        )


class Commitment(models.Model):
    """Something that a person or a department owes, until a moment.

    The clock has `run_seconds` of working time from `runs_from` on; one with a date of its own has none, and only `due_at`. While
    it is paused, `remaining_seconds` keeps what was left. That it was warned of, missed (`breached_at`) and escalated are facts
    with their times, beside the state: “late but done” differs from “missed and open”. `next_tick_at` is when the clock has to
    look at the row again.
    """

    class State(models.TextChoices):
        RUNNING = "running", _("running")
        PAUSED = "paused", _("paused")
        MET = "met", _("kept")
        MET_LATE = "met_late", _("kept late")
        CANCELLED = "cancelled", _("cancelled")

    OPEN: Final = (State.RUNNING, State.PAUSED)

    # From a state to those it may become.
    MOVES: Final = {
        State.RUNNING: {State.PAUSED, State.MET, State.MET_LATE, State.CANCELLED},
        State.PAUSED: {
            State.RUNNING,
            State.MET,
            State.CANCELLED,
        },  # what is missed is paused no more, so never kept late
        State.MET: set(),
        State.MET_LATE: set(),
        State.CANCELLED: set(),
    }

    kind = models.CharField(_("kind"), max_length=60)
    is_promise = models.BooleanField(_("promise"))
    text = models.CharField(_("what"), max_length=300)
    debtor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="owes", db_index=False, verbose_name=_("who")
    )
    debtor_department = models.ForeignKey(
        Department, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("owed by")
    )
    creditor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("to whom")
    )
    creditor_department = models.ForeignKey(
        Department, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("owed to")
    )
    subject_kind = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField(null=True)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.RUNNING)
    is_practice = models.BooleanField(_("practice"), default=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    started_at = models.DateTimeField(_("since"))
    due_at = models.DateTimeField(_("due"))
    target_seconds = models.PositiveIntegerField(null=True)
    calendar = models.ForeignKey(Calendar, models.SET_NULL, null=True, related_name="+", verbose_name=_("calendar"))
    runs_from = models.DateTimeField()
    run_seconds = models.PositiveIntegerField(null=True)
    warn_at = models.DateTimeField(null=True)
    warned_at = models.DateTimeField(_("warned"), null=True)
    breached_at = models.DateTimeField(_("missed"), null=True)
    escalate_at = models.DateTimeField(null=True)
    escalation = models.PositiveSmallIntegerField(default=0)
    escalated_at = models.DateTimeField(_("escalated"), null=True)
    paused_at = models.DateTimeField(null=True)
    remaining_seconds = models.PositiveIntegerField(null=True)
    pause_reason = models.CharField(max_length=300, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    answer = models.TextField(_("word"), blank=True)
    next_tick_at = models.DateTimeField(null=True)
    is_demo = models.BooleanField(default=False, db_default=False)

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")
        indexes = [
            models.Index(
                fields=["next_tick_at", "id"], name="commitment_to_tick", condition=Q(next_tick_at__isnull=False)
            ),
            models.Index(fields=["debtor", "due_at", "id"], name="commitment_by_debtor"),
            models.Index(
                fields=["debtor_department", "due_at", "id"],
                name="commitment_by_department",
                condition=Q(is_promise=True),
            ),
            # Lists show the open ones, of which there are few among all that were ever closed.
            models.Index(
                fields=["debtor", "due_at", "id"],
                name="open_commitment_by_debtor",
                condition=Q(state__in=["running", "paused"]),
            ),
            models.Index(
                fields=["debtor_department", "due_at", "id"],
                name="open_promise_by_department",
                condition=Q(is_promise=True, state__in=["running", "paused"]),
            ),
            models.Index(
                fields=["closed_at", "id"],
                name="commitment_by_closing",
                condition=Q(is_promise=True, closed_at__isnull=False),
            ),
            models.Index(fields=["due_at", "id"], name="commitment_by_due", condition=Q(is_promise=True)),
            models.Index(
                fields=["subject_kind", "subject_id"],
                name="commitment_by_subject",
                condition=Q(subject_id__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(debtor__isnull=False) | Q(debtor_department__isnull=False), name="commitment_has_a_debtor"
            ),
            models.CheckConstraint(
                condition=Q(
                    is_promise=True, debtor_department__isnull=False, creditor_department__isnull=False
                )
                & ~Q(debtor_department=F("creditor_department"))
                | Q(is_promise=False, creditor=None, creditor_department=None, is_practice=False),
                name="promise_is_between_two_departments",
            ),
            models.CheckConstraint(
                condition=Q(state="paused", paused_at__isnull=False, remaining_seconds__isnull=False, next_tick_at=None)
                | (~Q(state="paused") & Q(paused_at=None, remaining_seconds=None)),
                name="commitment_pause_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["running", "paused"], closed_at=None)
                | Q(state__in=["met", "met_late", "cancelled"], closed_at__isnull=False, next_tick_at=None),
                name="commitment_end_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state="met_late") | Q(breached_at__isnull=False), name="commitment_kept_late_was_missed"
            ),
            models.CheckConstraint(
                condition=Q(subject_kind="", subject_id=None) | (~Q(subject_kind="") & Q(subject_id__isnull=False)),
                name="commitment_subject_is_whole",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.text

    def get_absolute_url(self) -> str:
        return reverse("commitments:commitment", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def definition(self) -> kinds.CommitmentKind:
        return kinds.get(self.kind)

    @property
    def subject(self) -> tuple[str, int] | None:
        """`(kind, id)` of the record that it is about."""
        return (self.subject_kind, self.subject_id) if self.subject_id is not None else None


def state_filters() -> dict[str, Any]:
    """What lists call the states, with the condition of each: warned and missed are facts beside the stored state."""
    state = Commitment.State
    return {
        "open": Q(state__in=Commitment.OPEN),
        "running": Q(state=state.RUNNING),
        "warned": Q(state=state.RUNNING, warned_at__isnull=False, breached_at=None),
        "missed": Q(state__in=Commitment.OPEN, breached_at__isnull=False),
        "paused": Q(state=state.PAUSED),
        "kept": Q(state=state.MET),
        "kept_late": Q(state=state.MET_LATE),
        "cancelled": Q(state=state.CANCELLED),
    }
