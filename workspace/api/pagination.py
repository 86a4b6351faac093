"""Pages by key for the API: `next` and `previous` are whole addresses, and a page costs the same at any depth."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from workspace.paging import Page
from workspace.sorting import Sorting

PAGE_SIZE, LARGEST_PAGE = 50, 200


class KeysetPagination(BasePagination):
    """Pages of a view's list in the order that `ordering` asks for, one of the view's `sorting`."""

    parameters = frozenset({"cursor", "page_size", "ordering"})

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        sorting: Sorting = view.sorting
        order = sorting.read(request.query_params.get("ordering"))
        keyset = sorting.keyset(queryset, order, size=page_size(request.query_params.get("page_size")))
        self._address = request.build_absolute_uri()
        self._page: Page[Any] = keyset.page(request.query_params.get("cursor"))
        return self._page.items

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"next": self._at(self._page.next), "previous": self._at(self._page.previous), "results": data})

    def _at(self, cursor: str | None) -> str | None:
        return None if cursor is None else str(replace_query_param(self._address, "cursor", cursor))

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        address = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": address, "previous": dict(address), "results": schema},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        columns = [f"{sign}{name}" for name in view.sorting.columns for sign in ("", "-")]
        return [
            _parameter("cursor", {"type": "string"}, _("From `next` or `previous`; a page of this very order.")),
            _parameter("ordering", {"type": "string", "enum": columns, "default": view.sorting.default}),
            _parameter("page_size", {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": PAGE_SIZE}),
        ]


def page_size(given: str | None) -> int:
    """How many rows a page has.

    Raises:
        ValidationError: for `page_size`: it is no number, or too large.
    """
    return within("page_size", given, LARGEST_PAGE) if given else PAGE_SIZE


def within(name: str, given: str, limit: int) -> int:
    """The number that `given` says.

    Raises:
        ValidationError: for the parameter `name`: it is no number from 1 to `limit`.
    """
    number = int(given) if given.isascii() and given.isdigit() and len(given) <= len(str(limit)) else 0
    if not 1 <= number <= limit:
        raise ValidationError(
            {name: _("“%(given)s” is no number from 1 to %(limit)d.") % {"given": given[:40], "limit": limit}}
        )
    return number


def _parameter(name: str, schema: dict[str, Any], description: str = "") -> dict[str, Any]:
    told = {"description": description} if description else {}
    return {"name": name, "in": "query", "required": False, "schema": schema} | told
