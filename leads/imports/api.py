"""The API of imports: how far they are and what became of their rows, to be read; files are brought on the page."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from leads.imports.models import Import
from workspace.api.serializers import ShownSerializer
from workspace.api.viewsets import ReadViewSet
from workspace.filtering import ChoiceFilter, FilterSet, TextFilter
from workspace.sorting import Column, Sorting


class ImportFilter(FilterSet):
    """The filters of imports."""

    name = TextFilter(_("File"), "name")
    state = ChoiceFilter(_("State"), dict(Import.State.choices), lambda state: Q(state=state))


class ImportSerializer(ShownSerializer[Import]):
    """A file of leads and what became of its rows; `percent` while it works, `ended_early` where it was stopped or failed."""

    by = serializers.EmailField(source="by.email", default=None)
    # Plain here: the API's `match` of upserts has the same choices, and one name in the schema.
    match = serializers.CharField()
    percent = serializers.SerializerMethodField()
    ended_early = serializers.BooleanField()

    class Meta:
        model = Import
        fields = (
            "id", "name", "size", "state", "percent", "ended_early", "by", "created_at", "done_at", "match", "mode",
            "created_count", "updated_count", "unchanged_count", "refused_count",
        )  # fmt: skip
        read_only_fields = fields

    def get_percent(self, import_: Import) -> int | None:
        return import_.job.percent if import_.job is not None and import_.job.is_open else None


class ImportViewSet(ReadViewSet[Import]):
    """Files of leads; the leads of one are found by `/leads/?import=12`."""

    resource = "imports"
    serializer_class: type[serializers.BaseSerializer[Any]] = ImportSerializer
    filterset_class = ImportFilter
    sorting = Sorting({"created_at": Column("created_at")}, default="-created_at")

    def get_queryset(self) -> QuerySet[Import]:
        return Import.objects.visible_to(self.request.user).select_related("by", "job")
