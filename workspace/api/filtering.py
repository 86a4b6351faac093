"""The page's filters in the API: what does not fit, or is no filter at all, is an error rather than ignored."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.extensions import OpenApiFilterExtension
from rest_framework.request import Request

from workspace.filtering import Filter


class FilterBackend(DjangoFilterBackend):  # type: ignore[misc]  # django-filter has no types
    """Narrows a list by the view's `filterset_class`.

    A mistyped filter that is ignored would answer with rows that nobody asked for; an integration may go on to change them.
    """

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        filterset = self.get_filterset(request, queryset, view)
        known = set(filterset.filters) if filterset is not None else set()
        if unknown := sorted(set(request.query_params) - known - view.parameters):
            raise ValidationError({name[:80]: _("There is no filter of this name.") for name in unknown})
        if filterset is None:
            return queryset
        if filterset.errors:
            raise ValidationError({name: list(told) for name, told in filterset.errors.items()})
        rows: QuerySet[Any] = filterset.qs
        return rows


class FilterScheme(OpenApiFilterExtension):  # type: ignore[no-untyped-call]  # drf-spectacular's registry has no types
    """How the schema speaks of filters: as each describes itself."""

    target_class = FilterBackend
    priority = 1  # before the extension for the class that it derives from

    def get_schema_operation_parameters(self, auto_schema: Any, *_args: Any, **_options: Any) -> list[dict[str, Any]]:
        filterset = self.target.get_filterset_class(auto_schema.view)
        return [] if filterset is None else [parameter(*entry) for entry in filterset.base_filters.items()]


def parameter(name: str, filter_: Filter) -> dict[str, Any]:
    """A filter as a parameter of the schema."""
    schema = dict(filter_.schema)
    if filter_.many:
        schema = {"type": "array", "items": schema}
    description = ". ".join(str(told).rstrip(".") for told in (filter_.label, filter_.help_text) if told)
    return {"name": name, "in": "query", "required": False, "description": f"{description}.", "schema": schema}
