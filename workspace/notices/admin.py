"""Mails of notices, to be looked at by administrators: what went out, what waits, and of what nobody knows."""

from django.contrib import admin

from workspace.administration import ReadOnlyAdmin
from workspace.notices.models import NoticeMail


@admin.register(NoticeMail)
class NoticeMailAdmin(ReadOnlyAdmin[NoticeMail]):
    """Newest first; what a mail told stands in its reader's bell."""

    list_display = ("made_at", "person", "level", "state", "tries", "due_at", "sent_at", "error")
    list_filter = ("state", "level")
    list_select_related = ("person",)
    ordering = ("-pk",)
    fields = ("person", "level", "state", "tries", "made_at", "due_at", "sent_at", "message_id", "error")
