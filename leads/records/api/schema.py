"""The schema of this very workspace: its own fields with their types, which the committed schema cannot know."""

from typing import Any

from drf_spectacular.generators import SchemaGenerator

from leads.records import custom
from leads.records.filters import CUSTOM, OWN_BOUNDS
from leads.records.models import CustomField

_TYPES: dict[str, dict[str, Any]] = {
    CustomField.Kind.NUMBER: {"type": "number"},
    CustomField.Kind.MONEY: {"type": "number"},
    CustomField.Kind.DATE: {"type": "string", "format": "date"},
    CustomField.Kind.YES_NO: {"type": "boolean"},
    CustomField.Kind.PERSON: {"type": "string", "format": "email"},
    CustomField.Kind.LINK: {"type": "string", "format": "uri"},
}
# Which components hold own fields, and of which records.
_HOLDERS = {
    CustomField.On.LEAD: ("Lead", "NewLead", "PatchedChangedLead", "UpsertedLead"),
    CustomField.On.COMPANY: ("Company", "CompanyValues", "PatchedCompanyValues"),
}
_LISTS = {
    CustomField.On.LEAD: ("/api/v1/leads/", "/api/v1/leads/count/"),
    CustomField.On.COMPANY: ("/api/v1/companies/",),
}


class WorkspaceSchemaGenerator(SchemaGenerator):
    """Types `custom` by the definitions of this workspace, and lists their filters. Costs two queries."""

    def get_schema(self, *args: Any, **kwargs: Any) -> Any:
        schema = super().get_schema(*args, **kwargs)  # type: ignore[no-untyped-call]  # as it comes
        for on, components in _HOLDERS.items():
            own = {key: _schema(definition) for key, definition in custom.definitions(on).items()}
            for name in components:
                schema["components"]["schemas"][name]["properties"]["custom"]["properties"] = own
            for path in _LISTS[on]:
                schema["paths"][path]["get"]["parameters"] += [one for key in own for one in _parameters(key, own[key])]
        return schema


def _schema(definition: CustomField) -> dict[str, Any]:
    one = {**_TYPES.get(definition.kind, {"type": "string"}), "title": definition.label}
    if definition.choices:
        one["enum"] = list(definition.choices)
    if definition.kind == CustomField.Kind.CHOICES:
        return {"type": "array", "items": one, "title": definition.label}
    return one


def _parameters(key: str, schema: dict[str, Any]) -> list[dict[str, Any]]:
    """The filter by a value, and by bounds where there is more and less."""
    single = schema["items"] if schema["type"] == "array" else schema
    is_bounded = single["type"] == "number" or single.get("format") == "date"
    names = [key, *(f"{key}.{bound}" for bound in OWN_BOUNDS)] if is_bounded else [key]
    return [{"name": f"{CUSTOM}{name}", "in": "query", "required": False, "schema": single} for name in names]
