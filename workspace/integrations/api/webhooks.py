"""Webhooks by the API: made, changed, switched, removed, tried out; their log, and messages sent again."""

from http import HTTPStatus
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from workspace.api.filtering import FilterBackend
from workspace.api.people import YES_NO
from workspace.api.serializers import GivenSerializer, NothingSerializer, ShownSerializer
from workspace.api.viewsets import ReadViewSet
from workspace.errors import Conflict
from workspace.filtering import ChoiceFilter, FilterSet
from workspace.hooks import catalogue
from workspace.hooks.actions import webhooks
from workspace.hooks.models import Delivery, Endpoint
from workspace.http import SignedInApiRequest
from workspace.integrations.filters import DELIVERY_SORTING, DeliveryFilter
from workspace.sorting import Column, Sorting

_SHOWN: Final = (
    "id", "name", "url", "events", "is_on", "version", "made_at", "failures", "failing_since", "switched_off_at",
)  # fmt: skip


class WebhookFilter(FilterSet):
    """The filters of webhooks."""

    is_on = ChoiceFilter(_("On"), YES_NO, lambda answer: Q(is_on=answer == "yes"))


class WebhookSerializer(ShownSerializer[Endpoint]):
    """A webhook. Its secret was shown when it was made, and never again."""

    class Meta:
        model = Endpoint
        fields: tuple[str, ...] = _SHOWN
        read_only_fields: tuple[str, ...] = _SHOWN


class MadeWebhookSerializer(WebhookSerializer):
    """A new webhook with the secret that signs its messages, this once."""

    secret = serializers.SerializerMethodField()

    class Meta(WebhookSerializer.Meta):
        fields = read_only_fields = (*_SHOWN, "secret")

    def get_secret(self, _endpoint: Endpoint) -> str:
        secret: str = self.context["secret"]
        return secret


class GivenWebhookSerializer(GivenSerializer):
    """What a webhook is for, where it goes, and what it hears of."""

    name = serializers.CharField(max_length=100)
    url = serializers.CharField(max_length=500, help_text=_("https://…; other networks as the operator allows."))
    events = serializers.ListField(
        child=serializers.CharField(max_length=60),
        max_length=500,
        help_text=_("Keys of `webhooks/events/`; * for all, those of later versions included."),
    )
    is_on = serializers.BooleanField(required=False)


class EventSerializer(serializers.Serializer[Any]):
    """Something that a webhook can hear of."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field, not the serializer's own label


class EventsSerializer(serializers.Serializer[Any]):
    """The catalogue."""

    results = EventSerializer(many=True)


class DeliverySerializer(ShownSerializer[Delivery]):
    """A message to a webhook: `message_id` is its `webhook-id`, `status` and `answer` are those of its last try."""

    message_id = serializers.SerializerMethodField()
    state = serializers.ChoiceField(Delivery.State.choices)

    class Meta:
        model = Delivery
        fields = (
            "id", "message_id", "verb", "entries", "made_at", "state", "due_at", "tries", "tried_at", "took_ms", "status",
            "answer", "error",
        )  # fmt: skip
        read_only_fields = fields

    def get_message_id(self, delivery: Delivery) -> str:
        return f"msg_{delivery.message_id.hex}"


class ReplaySerializer(GivenSerializer):
    """Which message."""

    delivery = serializers.IntegerField(min_value=1, max_value=2**63 - 1)


class WebhookViewSet(ReadViewSet[Endpoint]):
    """Addresses of other programs that hear of what happens; for administrators."""

    resource, written_with = "webhooks", "workspace_hooks.change_endpoint"
    serializer_class: type[serializers.BaseSerializer[Any]] = WebhookSerializer
    filterset_class = WebhookFilter
    sorting = Sorting({"made_at": Column("made_at")}, default="-made_at")

    def get_queryset(self) -> QuerySet[Endpoint]:
        return Endpoint.objects.visible_to(self.request.user)

    def present(self, conflict: Conflict) -> dict[str, object]:
        if isinstance(conflict, webhooks.NotOver):
            return {"delivery": DeliverySerializer(conflict.delivery).data}
        return {}

    @extend_schema(request=GivenWebhookSerializer, responses={HTTPStatus.CREATED: MadeWebhookSerializer})
    def create(self, request: SignedInApiRequest, **_url: Any) -> Response:
        """Make a webhook, which is on unless `is_on` says otherwise; its secret is in this answer and nowhere else."""
        given = self.given(GivenWebhookSerializer)
        made, secret = webhooks.make(**given, by=request.user, at=timezone.now())
        data = MadeWebhookSerializer(made, context={**self.get_serializer_context(), "secret": secret}).data
        return Response(data, HTTPStatus.CREATED, headers={"Location": request.build_absolute_uri(f"{made.pk}/")})

    @extend_schema(request=GivenWebhookSerializer(partial=True), responses=WebhookSerializer)
    def partial_update(self, request: SignedInApiRequest, **_url: Any) -> Response:
        """Change it, or switch it on or off."""
        given = self.given(GivenWebhookSerializer, partial=True)
        return self.shown(webhooks.change(self.get_object(), by=request.user, at=timezone.now(), **given))

    @extend_schema(request=NothingSerializer, responses={HTTPStatus.NO_CONTENT: None})
    @action(detail=True, methods=["post"])
    def remove(self, request: SignedInApiRequest, **_url: Any) -> Response:
        """Take it out, with its log and with what still waits."""
        self.given(NothingSerializer)
        webhooks.remove(self.get_object(), by=request.user, at=timezone.now())
        return Response(status=HTTPStatus.NO_CONTENT)

    @extend_schema(request=NothingSerializer, responses=DeliverySerializer)
    @action(detail=True, methods=["post"], url_path="try")
    def try_out(self, request: SignedInApiRequest, **_url: Any) -> Response:
        """Send it a message of the type `webhook.tried_out`."""
        self.given(NothingSerializer)
        return self._told(webhooks.try_out(self.get_object(), by=request.user, at=timezone.now()))

    @extend_schema(responses=DeliverySerializer(many=True))
    @action(detail=True, serializer_class=DeliverySerializer, filterset_class=DeliveryFilter, sorting=DELIVERY_SORTING)
    def deliveries(self, _request: SignedInApiRequest, **_url: Any) -> Response:
        """What was sent to it, or is to be, the newest first."""
        rows = FilterBackend().filter_queryset(self.request, self.get_object().deliveries.all(), self)
        return self.get_paginated_response(self.get_serializer(self.paginate_queryset(rows), many=True).data)

    @extend_schema(request=ReplaySerializer, responses=DeliverySerializer)
    @action(detail=True, methods=["post"])
    def replay(self, request: SignedInApiRequest, **_url: Any) -> Response:
        """Send a message of its log again, under its own `webhook-id`."""
        given = self.given(ReplaySerializer)
        delivery = self.get_object().deliveries.filter(pk=given["delivery"]).first()
        if delivery is None:
            raise Http404
        return self._told(webhooks.replay(delivery, by=request.user, at=timezone.now()))

    @extend_schema(responses=EventsSerializer, filters=False)
    @action(detail=False, parameters=frozenset(), pagination_class=None, filterset_class=None)
    def events(self, _request: SignedInApiRequest, **_url: Any) -> Response:
        """What a webhook can hear of."""
        FilterBackend().filter_queryset(self.request, Endpoint.objects.none(), self)
        return Response({"results": [{"key": key, "label": str(one.label)} for key, one in catalogue.events().items()]})

    def _told(self, delivery: Delivery) -> Response:
        return Response(DeliverySerializer(delivery, context=self.get_serializer_context()).data)
