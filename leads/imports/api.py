"""The API of imports: how far they are, what became of their rows, and what stayed when one was taken back, to be read.

Files are brought, and taken back, on the page.
"""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from leads.imports.models import Import, NotReverted
from workspace.api.filtering import FilterBackend
from workspace.api.serializers import ShownSerializer
from workspace.api.viewsets import ReadViewSet
from workspace.filtering import ChoiceFilter, FilterSet, TextFilter
from workspace.http import SignedInApiRequest
from workspace.sorting import Column, Sorting


class ImportFilter(FilterSet):
    """The filters of imports."""

    name = TextFilter(_("File"), "name")
    state = ChoiceFilter(_("State"), dict(Import.State.choices), lambda state: Q(state=state))


class ImportSerializer(ShownSerializer[Import]):
    """A file of leads and what became of its rows; `percent` while it works, `ended_early` where it was stopped or failed.

    Where it was taken back, `reverted_at` says when, and three counts what became of the leads: those that it made were removed,
    those that it changed restored, and of `kept_count` something stayed, which `/imports/12/kept/` lists. While that is being
    done, or where it was stopped, `reverted_at` is null and the counts tell how far it is.
    """

    by = serializers.EmailField(source="by.email", default=None)
    # Plain here: the API's `match` of upserts has the same choices, and one name in the schema.
    match = serializers.CharField()
    percent = serializers.SerializerMethodField()
    ended_early = serializers.BooleanField()

    class Meta:
        model = Import
        fields = (
            "id", "name", "size", "state", "percent", "ended_early", "by", "created_at", "done_at", "match", "mode",
            "created_count", "updated_count", "unchanged_count", "refused_count", "reverted_at", "removed_count",
            "restored_count", "kept_count",
        )  # fmt: skip
        read_only_fields = fields

    def get_percent(self, import_: Import) -> int | None:
        return import_.job.percent if import_.job is not None and import_.job.is_open else None


class KeptSerializer(ShownSerializer[NotReverted]):
    """Something of a lead that stayed when its import was taken back, and why."""

    lead = serializers.IntegerField(source="lead_id")

    class Meta:
        model = NotReverted
        fields = ("lead", "what", "reason")
        read_only_fields = fields


class ImportViewSet(ReadViewSet[Import]):
    """Files of leads; the leads of one are found by `/leads/?import=12`."""

    resource = "imports"
    serializer_class: type[serializers.BaseSerializer[Any]] = ImportSerializer
    filterset_class = ImportFilter
    sorting = Sorting({"created_at": Column("created_at")}, default="-created_at")

    def get_queryset(self) -> QuerySet[Import]:
        return Import.objects.visible_to(self.request.user).select_related("by", "job")

    @extend_schema(responses=KeptSerializer(many=True))
    @action(
        detail=True, serializer_class=KeptSerializer, filterset_class=None, sorting=Sorting({"id": Column("id")}, "id")
    )
    def kept(self, _request: SignedInApiRequest, **_url: Any) -> Response:
        """What stayed when the import was taken back, in the order in which it was found."""
        rows = FilterBackend().filter_queryset(self.request, self.get_object().not_reverted.all(), self)
        return self.get_paginated_response(self.get_serializer(self.paginate_queryset(rows), many=True).data)
