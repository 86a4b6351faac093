"""Parts of serializers that every room uses: closed bodies, moments in UTC, and references as small objects."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from rest_framework import serializers

from workspace.people.models import Person

Row = TypeVar("Row", bound=models.Model)
REFERENCE = {"oneOf": [{"type": "integer"}, {"type": "string"}]}


class MomentField(serializers.DateTimeField):
    """An instant, told in UTC whatever the caller's time zone."""

    def __init__(self, **options: Any) -> None:
        super().__init__(default_timezone=dt.UTC, **options)


class ShownSerializer(serializers.ModelSerializer[Row]):
    """What the API tells of a record: fields are named one by one, and all are read-only."""

    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.DateTimeField: MomentField,
    }

    # REST framework forgets of a read-only field that it may be empty; a schema that forbids it would be wrong.

    def build_standard_field(self, field_name: str, model_field: Any) -> tuple[type[Any], dict[str, Any]]:
        kind, options = super().build_standard_field(field_name, model_field)
        may_be_empty = model_field.blank and issubclass(kind, serializers.EmailField | serializers.URLField)
        return (serializers.CharField if may_be_empty else kind), options

    def include_extra_kwargs(self, kwargs: Any, extra_kwargs: Any) -> Any:
        may_be_empty = "choices" in kwargs and kwargs.get("allow_blank", False)
        options = super().include_extra_kwargs(kwargs, extra_kwargs)
        return {**options, "allow_blank": True} if may_be_empty else options


class GivenSerializer(serializers.Serializer[Any]):
    """A body in which every name is known; `refused` says why some names are not taken here."""

    refused: Mapping[str, Any] = {}

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            known = self.fields
            strange = {
                str(name)[:80]: [str(self.refused.get(name, _("There is no field of this name.")))]
                for name in data
                if name not in known
            }
            if strange:
                raise serializers.ValidationError(strange)
        return super().to_internal_value(data)


class NothingSerializer(GivenSerializer):
    """An empty body."""


class ReferenceField(serializers.Field[Any, Any, Any, Any]):
    """A record given by its id or by what it is called; `find` answers None for an unknown one."""

    def __init__(self, find: Callable[[str | int], models.Model | None], **options: Any) -> None:
        super().__init__(write_only=True, **options)
        self._find = find

    def to_internal_value(self, data: Any) -> models.Model:
        if not isinstance(data, str | int) or isinstance(data, bool):
            raise serializers.ValidationError(_("This is neither an id nor a name."))
        found = None if isinstance(data, str) and "\x00" in data else self._find(data)
        if found is None:
            raise serializers.ValidationError(_("Nothing is called “%s”.") % str(data)[:80])
        return found


class ReferenceFieldScheme(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]  # drf-spectacular's registry has no types
    """How the schema speaks of references in bodies."""

    target_class = ReferenceField

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        return deepcopy(REFERENCE)  # it is written to: a null is added for what may be empty


class ReferenceSerializer(serializers.Serializer[Any]):
    """A record that another one refers to."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class PersonReferenceSerializer(serializers.ModelSerializer[Person]):
    """A person whom a record refers to."""

    name = serializers.CharField(source="__str__")

    class Meta:
        model = Person
        fields = ("id", "name", "email")
        read_only_fields = fields


class ProblemSerializer(serializers.Serializer[Any]):
    """An error (RFC 9457)."""

    type = serializers.CharField(help_text=_("about:blank, or a name of the kind of conflict."))
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(required=False)
    errors = serializers.DictField(  # type: ignore[assignment]  # a field of the body, not the serializer's own errors
        child=serializers.ListField(child=serializers.CharField()),
        required=False,
        help_text=_("Sentences by field; a field within a list by its path, as leads.0.email."),
    )


@contextmanager
def told_as(**names: str) -> Iterator[None]:
    """Tell an action's errors under the names that the body gave its fields.

    Raises:
        ValidationError: the action's, with its fields renamed.
    """
    try:
        yield
    except ValidationError as error:
        if not hasattr(error, "error_dict"):
            raise
        raise ValidationError({names.get(key, key): told for key, told in error.error_dict.items()}) from error
