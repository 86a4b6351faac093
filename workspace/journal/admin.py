"""The journal, to be read by administrators."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from workspace import subjects, verbs
from workspace.administration import ReadOnlyAdmin
from workspace.journal.models import JournalEntry
from workspace.people.models import Person


class VerbFilter(admin.SimpleListFilter):
    """By what happened: the words that rooms have registered, so that no table is searched for them."""

    title = _("what")
    parameter_name = "verb"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return sorted(((key, str(verb.label)) for key, verb in verbs.entries().items()), key=lambda choice: choice[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[JournalEntry]) -> QuerySet[JournalEntry]:
        return queryset.filter(verb=self.value()) if self.value() else queryset


class ActorFilter(admin.SimpleListFilter):
    """By who did it."""

    title = _("who")
    parameter_name = "actor"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(person.pk), str(person)) for person in Person.objects.order_by("name", "pk")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[JournalEntry]) -> QuerySet[JournalEntry]:
        value = self.value() or ""
        return queryset.filter(actor=int(value)) if value.isdecimal() else queryset


@admin.register(JournalEntry)
class JournalEntryAdmin(ReadOnlyAdmin[JournalEntry]):
    """Newest first; nothing is changed here or anywhere."""

    list_display = ("at", "actor", "sentence", "subject", "way")
    list_display_links = None
    list_filter = (VerbFilter, ActorFilter, "way")
    list_select_related = ("actor",)
    list_per_page = 50
    ordering = ("-pk",)

    @admin.display(description=_("what"))
    def sentence(self, entry: JournalEntry) -> str:
        return str(entry.line)

    @admin.display(description=_("about"))
    def subject(self, entry: JournalEntry) -> SafeString | str:
        """The kind and number; a link where the kind is known. The record is not read: it may be gone."""
        known = subjects.entries().get(entry.subject_kind)
        words = f"{known.label if known else entry.subject_kind} {entry.subject_id}"
        if known is None:
            return words
        try:
            return format_html('<a href="{}">{}</a>', known.url(known.model(pk=entry.subject_id)), words)
        except (AttributeError, LookupError):  # the address is that of another record
            return words
