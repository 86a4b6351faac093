"""Merges: of two leads that are one, which went into which, and all that it takes to part them again."""

from datetime import datetime, timedelta
from typing import Final, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from leads.records.models.leads import Lead

UNDONE_WITHIN: Final = timedelta(days=30)


class MergeQuerySet(models.QuerySet["Merge"]):
    def standing(self) -> Self:
        """Those that were not undone."""
        return self.filter(undone_at=None)


class Merge(models.Model):
    """That `merged` went into `survivor`.

    `fields` are the survivor's fields that it changed, each with its columns and what stood there before and after; how to read
    them says `leads.records.actions.merging`. What else moved are the rows of `MergeMove`.
    """

    survivor = models.ForeignKey(Lead, models.CASCADE, related_name="merges")
    merged = models.ForeignKey(Lead, models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()
    fields = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)

    objects = MergeQuerySet.as_manager()

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        constraints = [
            models.UniqueConstraint(fields=["merged"], condition=Q(undone_at=None), name="merged_once_at_a_time"),
            models.CheckConstraint(condition=~Q(survivor=models.F("merged")), name="merge_is_of_two"),
            models.CheckConstraint(
                condition=Q(undone_at=None) | Q(undone_at__gte=models.F("at")), name="merge_undone_after"
            ),
            models.CheckConstraint(
                condition=Q(undone_by=None) | Q(undone_at__isnull=False), name="merge_undoing_is_whole"
            ),
        ]

    def __str__(self) -> str:
        return f"lead {self.merged_id} into {self.survivor_id}"

    @property
    def until(self) -> datetime:
        """When it can be undone no more."""
        return self.at + UNDONE_WITHIN


class MergeMove(models.Model):
    """A row that the merge moved or changed: `row` is its key, `before` and `after` are the columns that it wrote."""

    merge = models.ForeignKey(Merge, models.CASCADE, related_name="moves")
    model = models.CharField(max_length=100)
    row = models.JSONField()
    before = models.JSONField()
    after = models.JSONField()

    def __str__(self) -> str:
        return f"{self.model} {self.row}"
