"""Promises, to be looked at; private work of people is not shown."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from workspace.administration import ReadOnlyAdmin
from workspace.commitments.models import Commitment


@admin.register(Commitment)
class CommitmentAdmin(ReadOnlyAdmin[Commitment]):
    """What the departments owe each other."""

    list_display = (
        "text", "kind", "debtor_department", "debtor", "creditor_department", "state", "due_at", "warned_at",
        "breached_at", "closed_at",
    )  # fmt: skip
    list_filter = ("state", "kind", "debtor_department", "is_practice")
    list_select_related = ("debtor", "debtor_department", "creditor_department")
    search_fields = ("text",)
    ordering = ("-pk",)
    fields = (
        "text", "kind", "debtor_department", "debtor", "creditor_department", "creditor", "state", "is_practice",
        "made_by", "started_at", "due_at", "target_seconds", "calendar", "warned_at", "breached_at", "escalation",
        "escalated_at", "paused_at", "remaining_seconds", "pause_reason", "closed_at", "closed_by", "answer",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Commitment]:
        return super().get_queryset(request).filter(is_promise=True)
