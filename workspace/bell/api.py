"""Notices by the API: the caller's own, one by one, in the words of the bell; and marked as read."""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from workspace.api import conditions
from workspace.api.serializers import GivenSerializer, MomentField, NothingSerializer, PersonReferenceSerializer
from workspace.api.viewsets import ReadViewSet
from workspace.bell.filters import SORTING, NoticeFilter
from workspace.http import SignedInApiRequest
from workspace.notices import actions, reading
from workspace.notices.models import Level, Notice
from workspace.notices.reading import Line

_LARGEST = 2**63 - 1


class NoticeSubjectSerializer(serializers.Serializer[Notice]):
    """The record on whose timeline it happened."""

    kind = serializers.CharField(source="subject_kind")
    id = serializers.IntegerField(source="subject_id")


class NoticeSerializer(serializers.Serializer[Line]):
    """One event that the caller was told of: `title` names the record, `words` say what happened."""

    id = serializers.IntegerField(source="notice.pk")
    kind = serializers.CharField(source="notice.kind")
    level = serializers.ChoiceField(
        [choice for choice in Level.choices if choice[0] != Level.OFF], source="notice.level"
    )
    told_at = MomentField(source="notice.told_at")
    read_at = MomentField(source="notice.read_at", allow_null=True)
    actor = PersonReferenceSerializer(source="notice.actor", allow_null=True)
    subject = NoticeSubjectSerializer(source="notice")
    title = serializers.CharField()
    words = serializers.CharField()
    quote = serializers.CharField(allow_blank=True, help_text="The beginning of what was written.")
    url = serializers.SerializerMethodField()

    def get_url(self, line: Line) -> str:
        """The page that leads to the record, and marks it as read."""
        return f"{settings.BASE_URL}{reverse('notices:open', args=[line.notice.pk])}"


class UpToSerializer(GivenSerializer):
    """The newest notice that the caller has seen."""

    up_to = serializers.IntegerField(min_value=1, max_value=_LARGEST)


class ReadSerializer(serializers.Serializer[Any]):
    """How many were unread."""

    read = serializers.IntegerField()


class NoticeViewSet(ReadViewSet[Any]):
    """What the caller was told, of records that they may see now. Nobody reads somebody else's."""

    resource = "notices"
    serializer_class: type[serializers.BaseSerializer[Any]] = NoticeSerializer
    filterset_class = NoticeFilter
    sorting = SORTING

    def get_queryset(self) -> QuerySet[Notice]:
        return reading.visible(self.request.user).select_related("actor")

    def paginate_queryset(self, queryset: Any) -> list[Any]:
        return reading.each(self.request.user, super().paginate_queryset(queryset) or [])

    def get_object(self) -> Line:
        line = next(iter(reading.each(self.request.user, [super().get_object()])), None)
        if line is None:
            raise Http404
        return line

    def version_of(self, record: Line) -> str:
        return conditions.version_of(record.notice)

    @extend_schema(request=NothingSerializer, responses=NoticeSerializer)
    @action(detail=True, methods=["post"])
    def read(self, request: SignedInApiRequest, **_url: Any) -> Response:
        """Mark it as read, with all that stands in one line of the bell with it."""
        self.given(NothingSerializer)
        actions.read_group(self.get_object().notice, by=request.user, at=timezone.now())
        return self.shown(self.get_object())

    @extend_schema(request=UpToSerializer, responses=ReadSerializer)
    @action(detail=False, methods=["post"], url_path="read-all", url_name="read-all")
    def read_all(self, request: SignedInApiRequest, **_url: Any) -> Response:
        """Mark everything up to a notice as read; what came after it stays."""
        up_to = self.given(UpToSerializer)["up_to"]
        return Response({"read": actions.read_all(by=request.user, at=timezone.now(), up_to=up_to)})
