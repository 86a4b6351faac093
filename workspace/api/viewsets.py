"""The base of every room's viewsets: who asks, by which way, in which time zone, and how lists and errors are told."""

import zoneinfo
from typing import Any, ClassVar, TypeVar

from django.db.models import Model
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework import mixins
from rest_framework.request import Request
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet

from workspace.api.content import JsonOnly, JsonParser
from workspace.api.filtering import FilterBackend
from workspace.api.pagination import KeysetPagination
from workspace.api.schema import AutoSchema
from workspace.errors import Conflict
from workspace.http import SignedInApiRequest
from workspace.journal import actions as journal
from workspace.journal.models import Way
from workspace.sorting import Sorting

Row = TypeVar("Row", bound=Model)


class ApiViewSet(GenericViewSet[Row]):
    """A resource. `resource` names it in scopes; `sorting` says how its list is ordered; `parameters` are a list's own."""

    resource: ClassVar[str]
    sorting: Sorting
    parameters: frozenset[str] = KeysetPagination.parameters
    request: SignedInApiRequest
    lookup_value_converter = "int"
    schema = AutoSchema()
    filter_backends = [FilterBackend]
    parser_classes = [JsonParser]
    content_negotiation_class = JsonOnly

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer the request; what it changes came in by the API, and the caller's time zone ends with it."""
        with journal.by_way(Way.API), timezone.override(timezone.get_current_timezone()):
            return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        try:
            timezone.activate(self.request.user.zone)
        except zoneinfo.ZoneInfoNotFoundError:  # the zone was valid on the machine that stored it
            timezone.activate(zoneinfo.ZoneInfo("UTC"))

    def get_object(self) -> Row:
        """The record of the address, among those that the caller may see; filters are for lists."""
        record = self.get_queryset().filter(pk=self.kwargs["pk"]).first()
        if record is None:
            raise Http404
        return record

    def given(self, serializer: type[BaseSerializer[Any]], *, partial: bool = False) -> dict[str, Any]:
        """The body as `serializer` reads it; a partial one needs no field.

        Raises:
            ValidationError: it does not fit.
        """
        body = serializer(data=self.request.data, partial=partial, context=self.get_serializer_context())
        body.is_valid(raise_exception=True)
        values: dict[str, Any] = body.validated_data
        return values

    def present(self, _conflict: Conflict) -> dict[str, object]:
        """What a conflict's problem tells of the present state; a viewset with conflicts of its own says more."""
        return {}


class ReadViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ApiViewSet[Row]):
    """A resource that is read: its list, and one record."""
