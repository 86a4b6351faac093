"""Bodies that the API takes: shapes are checked here, values and rules by the fields and actions that pages use."""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from rest_framework import serializers

from leads.records import fields, references
from leads.records.actions import Talk
from leads.records.actions.merging_fields import OTHER, SURVIVOR
from leads.records.actions.upserting import MATCHES, MOST_ROWS
from leads.records.api.shown import CustomField
from leads.records.fields import FIELDS, Kind, LeadField
from leads.records.models import Company
from workspace.api.serializers import REFERENCE, GivenSerializer, ReferenceField

_SHAPES: dict[Kind, tuple[type, ...]] = {
    Kind.CONSENT: (dict,),
    Kind.CHOICES: (list, str),
    Kind.REFERENCES: (list, str),
    Kind.REFERENCE: (str, int),
    Kind.YES_NO: (bool, str),
    Kind.MONEY: (str, int, float),
    Kind.NUMBER: (str, int, float),
}
# Null, which empties any of them, is added to each by the generator.
_TEXT: dict[str, Any] = {"type": "string"}
_SCHEMAS: dict[Kind, dict[str, Any]] = {
    Kind.EMAIL: {"type": "string", "format": "email"},
    Kind.LINK: {"type": "string", "format": "uri"},
    Kind.DATE: {"type": "string", "format": "date"},
    Kind.MOMENT: {"type": "string", "format": "date-time"},
    Kind.MONEY: {"type": ["string", "number"]},
    Kind.NUMBER: {"type": ["string", "number"]},
    Kind.YES_NO: {"type": "boolean"},
    Kind.REFERENCE: {"type": ["string", "integer"]},
    Kind.REFERENCES: {"type": "array", "items": dict(REFERENCE)},
    Kind.CHOICES: {"type": "array", "items": dict(REFERENCE)},
    Kind.CONSENT: {"type": "object", "additionalProperties": {"type": "boolean"}},
}
READ_ONLY = dict.fromkeys(
    ("id", "version", "url", "company_name", "value_base", "consent_at", *fields.READ_ONLY), _("This is read-only.")
)


class LeadValueField(serializers.Field[Any, Any, Any, Any]):
    """A value for one of `fields.FIELDS`: of a possible JSON type here; `fields.clean` reads it. Null is nothing."""

    def __init__(self, field: LeadField) -> None:
        super().__init__(required=False, allow_null=True, write_only=True, label=str(field.label))
        self.lead_field = field

    def to_internal_value(self, data: Any) -> Any:
        possible = _SHAPES.get(self.lead_field.kind, (str, int, float))
        if not isinstance(data, possible) or (isinstance(data, bool) and bool not in possible):
            raise serializers.ValidationError(_("This value is of another type than the field."))
        return data


class LeadValueFieldScheme(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]  # its registry has no types
    """How the schema speaks of a lead's values."""

    target_class = LeadValueField

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        field: LeadField = self.target.lead_field
        schema = {**deepcopy(_SCHEMAS.get(field.kind, _TEXT)), "description": str(field.label)}
        if field.choices:
            del schema["type"]
            schema["anyOf"] = [{"type": "string", "enum": [*field.choices, ""]}]
        if field.max_length and field.kind in (Kind.TEXT, Kind.PHONE):
            schema["maxLength"] = field.max_length
        return schema


class LeadValuesSerializer(GivenSerializer):
    """Values of a lead by field; `custom` takes own fields by key."""

    custom = CustomField(required=False)
    keys: Iterable[str] = ()
    refused = READ_ONLY

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {key: LeadValueField(FIELDS[key]) for key in self.keys} | super().get_fields()

    def to_representation(self, instance: Any) -> Any:
        raise NotImplementedError  # a body is read only


class NewLeadSerializer(LeadValuesSerializer):
    """A new lead: an e-mail address, a telephone number or an external id, or a name with a company.

    In a closed stage it ended at `closed_at` (now, unless given); lost and disqualified take a `lost_reason`.
    """

    keys = FIELDS


class ChangedLeadSerializer(LeadValuesSerializer):
    """Fields to be changed; what is not named stays as it is."""

    keys = [*fields.EDITABLE, "company_domain"]
    refused = {
        **READ_ONLY,
        "stage": _("A stage is changed by moving the lead: POST …/move/."),
        "created_at": _("This is set when the lead is made."),
        **dict.fromkeys(("closed_at", "lost_reason"), _("A lead is closed by moving it: POST …/move/.")),
    }


class UpsertedLeadSerializer(LeadValuesSerializer):
    """One row of an upsert; `closed_at` counts with a closed stage, `lost_reason` with one that is lost or disqualified."""

    keys = FIELDS


class UpsertSerializer(GivenSerializer):
    """Leads to be created or updated, recognised by `match`."""

    match = serializers.ChoiceField(choices=MATCHES)
    leads = serializers.ListField(child=serializers.DictField(), allow_empty=False, max_length=MOST_ROWS)


class UpsertShapeSerializer(GivenSerializer):
    """`UpsertSerializer` as the schema tells it: rows are read one by one, so that one bad row refuses itself alone."""

    match = serializers.ChoiceField(choices=MATCHES)
    leads = UpsertedLeadSerializer(many=True)

    class Meta:
        ref_name = "Upsert"


class UpsertResultSerializer(serializers.Serializer[Any]):
    """What became of one row."""

    status = serializers.ChoiceField(choices=["created", "updated", "unchanged", "refused"])
    id = serializers.IntegerField(allow_null=True)
    errors = serializers.DictField(  # type: ignore[assignment]  # a field of the answer, not the serializer's own errors
        child=serializers.ListField(child=serializers.CharField()), allow_null=True
    )


class UpsertResultsSerializer(serializers.Serializer[Any]):
    """What became of the rows, in the order sent."""

    results = UpsertResultSerializer(many=True)


class MoveSerializer(GivenSerializer):
    """Where a lead goes. `from` is the stage in which the caller saw it; a reason is of the list of the new stage."""

    to = ReferenceField(partial(references.find, "stage"), help_text=_("A stage by id, slug or name."))
    reason = LeadValueField(FIELDS["lost_reason"])
    reason_text = serializers.CharField(required=False, allow_blank=True, max_length=10_000)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        seen_in = ReferenceField(partial(references.find, "stage", retired=True), required=False, allow_null=True)
        return super().get_fields() | {"from": seen_in}

    def validate(self, attrs: Mapping[str, Any]) -> dict[str, Any]:
        given = dict(attrs)
        if (reason := given.get("reason")) not in (None, ""):
            cleaned = fields.clean_value(FIELDS["lost_reason"], reason)
            given["reason"] = references.find_reason(given["to"].kind, cleaned)
            if given["reason"] is None:
                raise serializers.ValidationError({"reason": [_("No reason is called so.")]})
        return {**given, "reason": given.get("reason") or None}


class LogSerializer(GivenSerializer):
    """Something that was said: `talk` says how."""

    talk = serializers.ChoiceField(choices=Talk.choices)
    text = serializers.CharField(required=False, allow_blank=True, default="")
    happened_at = serializers.DateTimeField(required=False, allow_null=True, help_text=_("Now, unless given."))
    minutes = serializers.IntegerField(required=False, allow_null=True)
    was_reached = serializers.BooleanField(required=False, default=True)


class NextStepSerializer(GivenSerializer):
    """What comes next, and when."""

    next_step = serializers.CharField(allow_blank=True)
    next_step_at = serializers.DateTimeField(allow_null=True)


class DoneSerializer(GivenSerializer):
    """A word on how it went."""

    text = serializers.CharField(required=False, allow_blank=True, default="", max_length=10_000)


class MergeGivenSerializer(GivenSerializer):
    """The lead that goes, and by key whose value goes on where not the survivor's, filled from the other."""

    choices = serializers.DictField(
        child=serializers.ChoiceField(choices=[SURVIVOR, OTHER]),
        required=False,
        help_text=_("By field, custom.<key>, or deal: survivor or other."),
    )

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {"with": serializers.IntegerField(min_value=1)} | super().get_fields()


class NewDealSerializer(GivenSerializer):
    """The stage in which the next deal begins, the first one unless given."""

    stage = ReferenceField(partial(references.find, "stage"), required=False, allow_null=True)


class CompanyValuesSerializer(serializers.ModelSerializer[Company], GivenSerializer):
    """Values of a company by field; `custom` takes own fields by key."""

    account_owner = ReferenceField(
        partial(references.find, "person"), required=False, allow_null=True, help_text=_("By id or e-mail.")
    )
    custom = CustomField(required=False)
    refused = dict.fromkeys(("id", "version", "url", "created_at"), _("This is read-only."))

    class Meta:
        model = Company
        fields = (
            "name", "domain", "industry", "country", "city", "phone", "people_count", "account_owner",
            "customer_since_date", "renewal_date", "custom",
        )  # fmt: skip
