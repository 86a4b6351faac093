"""The base of every room's viewsets: who asks, by which way, in which time zone, and how records, lists and errors are told."""

import zoneinfo
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, ClassVar, TypeVar

from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework import mixins
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet

from workspace.api import conditions, repeating
from workspace.api.content import JsonOnly, JsonParser
from workspace.api.filtering import FilterBackend
from workspace.api.limits import Allowance, CallLimit
from workspace.api.pagination import KeysetPagination
from workspace.api.schema import AutoSchema
from workspace.errors import Conflict
from workspace.http import SignedInApiRequest
from workspace.journal import actions as journal
from workspace.journal.models import Way
from workspace.people.models import Person
from workspace.sorting import Sorting

Row = TypeVar("Row", bound=Model)
# The viewset of each resource, by its name.
_viewsets: dict[str, "type[ApiViewSet[Any]]"] = {}


@dataclass(frozen=True)
class Resource:
    """What a token can be given of a resource."""

    name: str
    may_write: bool

    @property
    def scopes(self) -> list[str]:
        return [f"{self.name}:read", *([f"{self.name}:write"] if self.may_write else [])]


class ApiViewSet(GenericViewSet[Row]):
    """A resource. `resource` names it in scopes; `sorting` says how its list is ordered; `parameters` are a list's own.

    `written_with` is the permission without which a person writes nothing here, so that no token is offered the scope.
    """

    resource: ClassVar[str]
    written_with: ClassVar[str] = ""
    sorting: Sorting
    parameters: frozenset[str] = KeysetPagination.parameters
    request: SignedInApiRequest
    lookup_value_converter = "int"
    schema = AutoSchema()
    filter_backends = [FilterBackend]
    parser_classes = [JsonParser]
    content_negotiation_class = JsonOnly
    throttle_classes = [CallLimit]
    allowance: Allowance | None = None

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "resource" in vars(cls):
            _viewsets[cls.resource] = cls

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer the request; what it changes came in by the API, and the caller's time zone ends with it."""
        with journal.by_way(Way.API), timezone.override(timezone.get_current_timezone()):
            return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Everything before the view's own work, which is then done under the conditions that the caller set."""
        super().initial(request, *args, **kwargs)
        self._set_zone()
        method = str(request.method).lower()
        if (handler := getattr(self, method, None)) is not None:
            setattr(self, method, self._under_conditions(handler))

    def _under_conditions(self, handler: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        def handle(*args: Any, **kwargs: Any) -> HttpResponse:
            def answer() -> HttpResponse:
                with conditions.unchanged(self):
                    return handler(*args, **kwargs)

            return repeating.answer_once(self, answer)

        return handle

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """The answer drawn, with its tag. Anything may come: views answer a `Response`, problems are plain ones."""
        drawn = super().finalize_response(request, response, *args, **kwargs)
        if isinstance(drawn, Response) and not drawn.is_rendered:
            drawn.render()
        final = conditions.tagged(request, drawn)
        if self.allowance is not None:
            self.allowance.tell(final)
        return final

    def _set_zone(self) -> None:
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

    def version_of(self, record: Row) -> str:
        """What `If-Match` is compared with. A resource whose state lies beside its row, too, says more."""
        return conditions.version_of(record)

    def shown(self, record: Row, status: int = HTTPStatus.OK, **headers: str) -> Response:
        """The record as the resource shows it, whatever the caller did to it, with the tag for what comes next."""
        serializer = type(self).serializer_class
        assert serializer is not None, f"{type(self).__name__} shows no records."
        data = serializer(record, context=self.get_serializer_context()).data
        response = Response(data, status, headers=headers)
        response.version = self.version_of(record)  # type: ignore[attr-defined]  # read by `conditions.tagged`
        return response

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


class ReadViewSet(mixins.ListModelMixin, ApiViewSet[Row]):
    """A resource that is read: its list, and one record."""

    def retrieve(self, _request: SignedInApiRequest, **_url: Any) -> Response:
        return self.shown(self.get_object())


def resources_for(person: Person) -> list[Resource]:
    """What a token of `person` can be given, by name; what the person may in detail is asked at each call."""
    return [
        Resource(name, _writes(viewset) and (not viewset.written_with or person.has_perm(viewset.written_with)))
        for name, viewset in sorted(_viewsets.items())
    ]


def _writes(viewset: type[ApiViewSet[Any]]) -> bool:
    """Whether any call of the resource changes something."""
    if any(hasattr(viewset, name) for name in ("create", "update", "partial_update", "destroy")):
        return True
    acts: list[Any] = viewset.get_extra_actions()
    return any(set(act.mapping) - {"get"} for act in acts)
