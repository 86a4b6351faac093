"""Jobs, to be looked at by administrators."""

from django.contrib import admin

from workspace.administration import ReadOnlyAdmin
from workspace.jobs.models import Job


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin[Job]):
    """Long work: what runs, what ended and how."""

    list_display = ("title", "kind", "by", "state", "done", "total", "created_at", "finished_at")
    list_filter = ("state", "kind")
    list_select_related = ("by",)
    search_fields = ("title",)
    ordering = ("-pk",)
    fields = (
        "title", "kind", "by", "state", "done", "total", "error", "params", "result", "cursor", "created_at",
        "started_at", "finished_at", "lease_until",
    )  # fmt: skip
