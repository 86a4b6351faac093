"""The journal in the API: entries as a timeline tells them, newest first."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from workspace import verbs
from workspace.api.serializers import PersonReferenceSerializer, ShownSerializer
from workspace.filtering import ChoiceFilter, FilterSet
from workspace.journal.models import JournalEntry
from workspace.remarks import mentions
from workspace.sorting import Column, Sorting

JOURNAL_SORTING = Sorting({"at": Column("at")}, default="-at")
GROUPS = {"talks": _("Talks"), "visits": _("Visits"), "changes": _("Changes")}


class JournalFilter(FilterSet):
    """The filters of a timeline."""

    group = ChoiceFilter(_("Group"), GROUPS, lambda group: Q(verb__in=verbs.of_groups([group])), many=True)


class JournalEntrySerializer(ShownSerializer[JournalEntry]):
    """Something that happened: `line` is the sentence of the timeline, `facts` what it was made from."""

    actor = PersonReferenceSerializer(allow_null=True)
    label = serializers.CharField(source="definition.label")  # type: ignore[assignment]  # a field, not the serializer's
    group = serializers.CharField(source="definition.group")
    line = serializers.CharField()
    facts = serializers.SerializerMethodField()

    class Meta:
        model = JournalEntry
        fields = ("id", "at", "recorded_at", "actor", "way", "verb", "label", "group", "line", "facts")
        read_only_fields = fields

    @extend_schema_field({"type": "object", "additionalProperties": {}})
    def get_facts(self, entry: JournalEntry) -> dict[str, Any]:
        """Costs a query where a text names somebody."""
        facts = {**entry.facts, **entry.personal}
        if isinstance(text := facts.get("text"), str):
            facts["text"] = mentions.read([text])[0]
        return facts
