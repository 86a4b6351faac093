"""Segments by the API: saved lists, read, made, changed, deleted, and made one's default."""

from functools import partial
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response

from leads.records import actions, references
from leads.records.api.shown import PageAddress
from leads.records.columns import Size
from leads.records.models import ListShape, Segment
from workspace.api.serializers import GivenSerializer, PersonReferenceSerializer, ShownSerializer
from workspace.api.viewsets import ReadViewSet
from workspace.filtering import ChoiceFilter, FilterSet, PersonFilter, TextFilter
from workspace.http import SignedInApiRequest
from workspace.people.models import Department
from workspace.sorting import Column, Sorting


class SegmentFilterSet(FilterSet):
    """The filters of segments."""

    name = TextFilter(_("Name"), "name")
    sharing = ChoiceFilter(_("Shared with"), dict(Segment.Sharing.choices), lambda key: Q(sharing=key))
    owner = PersonFilter(
        _("Owner"), "owner", partial(references.find, "person", retired=True), help_text=_("By id or e-mail, or me.")
    )


class ColumnSerializer(GivenSerializer):
    """A column of a list, and how much room it takes."""

    key = serializers.CharField(max_length=80)
    size = serializers.ChoiceField(choices=[size.value for size in Size], default=Size.USUAL.value)

    def to_representation(self, instance: Any) -> dict[str, str]:
        """A stored column: a pair of key and size."""
        key, size = instance
        return {"key": key, "size": size}


class SegmentSerializer(ShownSerializer[Segment]):
    """A saved list. `query` holds its filters as the address of a list of leads does, with `tab` open, mine or all."""

    url = PageAddress()
    owner = PersonReferenceSerializer()
    department = serializers.ChoiceField(Department.Key.choices, source="department.key", default=None, allow_null=True)
    columns = ColumnSerializer(many=True, help_text=_("In order; none are those of whoever looks."))
    is_default = serializers.BooleanField(help_text=_("Whether the caller’s list of leads opens on it."))

    class Meta:
        model = Segment
        fields = (
            "id", "url", "name", "owner", "sharing", "department", "query", "ordering", "columns", "is_default",
            "created_at",
        )  # fmt: skip
        read_only_fields = fields


class GivenSegmentSerializer(GivenSerializer):
    """Values of a segment by field."""

    name = serializers.CharField(max_length=60)
    query = serializers.CharField(required=False, allow_blank=True)
    ordering = serializers.CharField(required=False, allow_blank=True, max_length=40)
    columns = ColumnSerializer(many=True, required=False)
    sharing = serializers.ChoiceField(choices=Segment.Sharing.choices, required=False)
    department = serializers.ChoiceField(choices=Department.Key.choices, required=False, allow_null=True)
    refused = dict.fromkeys(("id", "url", "owner", "is_default", "created_at"), _("This is read-only."))

    def validate(self, attrs: Any) -> dict[str, Any]:
        """The values by the fields of a segment."""
        given = dict(attrs)
        if "columns" in given:
            given["columns"] = [(one["key"], one["size"]) for one in given["columns"]]
        if given.get("department"):
            given["department"] = Department.objects.get(key=given["department"])
        return given


class DefaultSerializer(GivenSerializer):
    """Whether the caller's list of leads opens on this one from now on."""

    is_default = serializers.BooleanField()


class SegmentViewSet(ReadViewSet[Segment]):
    """Saved lists: the caller's own, and those that are shared with them. `?segment=` of leads finds by one."""

    resource, written_with = "segments", "leads_records.view_lead"
    serializer_class = SegmentSerializer
    filterset_class = SegmentFilterSet
    sorting = Sorting({"name": Column("name"), "created_at": Column("created_at")}, default="name")

    def get_queryset(self) -> QuerySet[Segment]:
        mine = ListShape.objects.filter(person=self.request.user, default=OuterRef("pk"))
        visible = Segment.objects.visible_to(self.request.user).select_related("owner", "department")
        return visible.annotate(is_default=Exists(mine))

    @extend_schema(request=GivenSegmentSerializer)
    def create(self, request: SignedInApiRequest, **_url: Any) -> Response:
        """Save a list."""
        made = actions.create_segment(self.given(GivenSegmentSerializer), by=request.user, at=timezone.now())
        address = request.build_absolute_uri(f"{made.pk}/")
        return self.shown(self.get_queryset().get(pk=made.pk), status.HTTP_201_CREATED, Location=address)

    @extend_schema(request=GivenSegmentSerializer)
    def partial_update(self, request: SignedInApiRequest, **_url: Any) -> Response:
        """Change the fields that the body names."""
        segment, given = self.get_object(), self.given(GivenSegmentSerializer, partial=True)
        try:
            actions.change_segment(segment, given, by=request.user, at=timezone.now())
        except Segment.DoesNotExist as error:  # deleted between our look and the lock
            raise Http404 from error
        return self.shown(self.get_object())

    def destroy(self, request: SignedInApiRequest, **_url: Any) -> Response:
        """Delete it; its leads stay."""
        try:
            actions.delete_segment(self.get_object(), by=request.user, at=timezone.now())
        except Segment.DoesNotExist as error:  # somebody was first
            raise Http404 from error
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=DefaultSerializer, responses=SegmentSerializer)
    @action(detail=True, methods=["post"])
    def default(self, request: SignedInApiRequest, **_url: Any) -> Response:
        """Open the caller's list of leads on it from now on, or no longer."""
        segment: Any = self.get_object()
        if self.given(DefaultSerializer)["is_default"]:
            actions.choose_default(request.user, segment)
        elif segment.is_default:
            actions.choose_default(request.user, None)
        return self.shown(self.get_object())
