"""Deals: the numbered passages of a lead through the funnel, and the stages each one passed."""

from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from leads.funnel.models import Offering, Reason, Stage
from leads.records.models.leads import Lead
from workspace.money.currencies import validate_currency

# How a deal ends beside the kinds of closed stages: its lead was merged, and another deal goes on.
MERGED: Final = "merged"


class Deal(models.Model):
    """One passage of a lead through the funnel. Stage, value and closing of a lead are those of its current deal."""

    # Its index is that of `deal_number_is_unique_a_lead`.
    lead = models.ForeignKey(Lead, models.CASCADE, related_name="deals", db_index=False)
    number = models.PositiveSmallIntegerField()
    is_current = models.BooleanField(default=True)
    opened_at = models.DateTimeField()
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="+", db_index=False)
    furthest_stage = models.ForeignKey(Stage, models.PROTECT, related_name="+", db_index=False)
    offering = models.ForeignKey(Offering, models.PROTECT, null=True, related_name="deals", db_index=False)
    value = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, blank=True, validators=[validate_currency])
    value_base = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(
        max_length=12,
        choices=[
            *(kind for kind in Stage.Kind.choices if kind[0] != Stage.Kind.OPEN),
            (MERGED, _("went on in another deal")),
        ],
        blank=True,
    )
    reason = models.ForeignKey(Reason, models.PROTECT, null=True, related_name="+", db_index=False)
    reason_text = models.TextField(blank=True)

    class Meta:
        verbose_name = _("deal")
        verbose_name_plural = _("deals")
        ordering = ["lead", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["lead", "number"], name="deal_number_is_unique_a_lead"),
            models.UniqueConstraint(fields=["lead"], condition=Q(is_current=True), name="one_current_deal_a_lead"),
            models.CheckConstraint(
                condition=Q(closed_at=None, outcome="") | (Q(closed_at__isnull=False) & ~Q(outcome="")),
                name="deal_closing_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"deal {self.number} of lead {self.lead_id}"


class StagePassage(models.Model):
    """A stay of a deal in a stage; the present one has no `left_at`. Numbers and medians are computed from these."""

    deal = models.ForeignKey(Deal, models.CASCADE, related_name="passages")
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="passages", db_index=False)
    entered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        ordering = ["deal", "entered_at", "pk"]
        indexes = [models.Index(fields=["stage", "entered_at"], name="passage_by_stage")]
        constraints = [
            models.UniqueConstraint(fields=["deal"], condition=Q(left_at=None), name="one_present_stage_a_deal"),
            models.CheckConstraint(
                condition=Q(left_at=None) | Q(left_at__gte=F("entered_at")), name="passage_ends_after_its_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stage_id} from {self.entered_at}"

    def seconds(self, now: datetime) -> int:
        """Whole seconds of the stay, until `now` for the present one."""
        return max(0, int(((self.left_at or now) - self.entered_at).total_seconds()))
