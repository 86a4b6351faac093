"""What the API tells of leads, their deals and companies; references are small objects."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from leads.funnel.api import StageReferenceSerializer
from leads.records.actions.binning import KEPT
from leads.records.models import Company, Deal, Lead, Merge, StagePassage
from workspace.api.serializers import MomentField, PersonReferenceSerializer, ReferenceSerializer, ShownSerializer


@extend_schema_field({"type": "string", "format": "uri"})
class PageAddress(serializers.Field[Any, Any, Any, Any]):
    """The address of a record's page in the workspace."""

    def __init__(self, **options: Any) -> None:
        super().__init__(source="*", read_only=True, **options)

    def to_representation(self, value: Any) -> str:
        address: str = value.get_absolute_url()
        return str(self.context["request"].build_absolute_uri(address))


@extend_schema_field({"type": "object", "additionalProperties": {}, "description": "Own fields by key."})
class CustomField(serializers.JSONField):
    """Own fields by key."""


@extend_schema_field({"type": "object", "additionalProperties": {"type": "boolean"}})
class ConsentField(serializers.JSONField):
    """What was consented to, by way: mail, phone, visits."""


class CompanyReferenceSerializer(serializers.ModelSerializer[Company]):
    """A company that a record refers to."""

    class Meta:
        model = Company
        fields = ("id", "name", "domain")
        read_only_fields = fields


class CompanySerializer(ShownSerializer[Company]):
    """An organisation where leads work."""

    url = PageAddress()
    account_owner = PersonReferenceSerializer(allow_null=True)
    custom = CustomField()

    class Meta:
        model = Company
        fields = (
            "id", "version", "url", "name", "domain", "industry", "country", "city", "phone", "people_count",
            "account_owner", "customer_since_date", "renewal_date", "custom", "created_at",
        )  # fmt: skip
        read_only_fields = fields


class LeadSerializer(ShownSerializer[Lead]):
    """A lead. Stage, value and closing are those of its current deal."""

    url = PageAddress()
    company = CompanyReferenceSerializer(allow_null=True)
    company_domain = serializers.CharField(source="company.domain", default="")
    source = ReferenceSerializer(allow_null=True)  # type: ignore[assignment]  # a field of a lead, not the serializer's
    campaign = ReferenceSerializer(allow_null=True)
    stage = StageReferenceSerializer()
    furthest_stage = StageReferenceSerializer()
    owner = PersonReferenceSerializer(allow_null=True)
    marketer = PersonReferenceSerializer(allow_null=True)
    persona = ReferenceSerializer(allow_null=True)
    interests = ReferenceSerializer(many=True)
    tags = ReferenceSerializer(many=True)
    offering = ReferenceSerializer(allow_null=True)
    lost_reason = ReferenceSerializer(allow_null=True)
    consent = ConsentField()
    custom = CustomField()

    class Meta:
        model = Lead
        fields = (
            "id", "version", "url", "external_id", "first_name", "last_name", "email", "phone", "job_title", "company",
            "company_name", "company_domain", "industry", "country", "city", "source", "campaign", "stage", "owner",
            "marketer", "persona", "buying_role", "interests", "tags", "offering", "value", "currency", "value_base",
            "next_step", "next_step_at", "asleep_until", "asleep_reason", "crm_url", "consent", "consent_at", "custom",
            "created_at", "closed_at", "lost_reason", "fit", "engagement", "grade", "care", "last_activity_at",
            "stage_entered_at", "furthest_stage",
        )  # fmt: skip
        read_only_fields = fields


class BinnedLeadSerializer(ShownSerializer[Lead]):
    """A lead in the bin, and until when it can come back."""

    name = serializers.CharField(source="__str__")
    removed_at = MomentField(source="deleted_at")
    kept_until = serializers.SerializerMethodField()

    class Meta:
        model = Lead
        fields = ("id", "name", "email", "external_id", "company_name", "removed_at", "kept_until")
        read_only_fields = fields

    @extend_schema_field(serializers.DateTimeField)
    def get_kept_until(self, lead: Lead) -> Any:
        assert lead.deleted_at is not None, "what lies in the bin was put there"
        return MomentField().to_representation(lead.deleted_at + KEPT)


class MergedLeadSerializer(serializers.ModelSerializer[Lead]):
    """A lead that went into another one."""

    name = serializers.CharField(source="__str__")

    class Meta:
        model = Lead
        fields = ("id", "name")
        read_only_fields = fields


class MergeSerializer(ShownSerializer[Merge]):
    """That a lead went into another one; the last one can be undone until a moment."""

    merged = MergedLeadSerializer()
    by = PersonReferenceSerializer(allow_null=True)
    until = MomentField()

    class Meta:
        model = Merge
        fields = ("id", "merged", "by", "at", "until", "undone_at")
        read_only_fields = fields


class PassageSerializer(ShownSerializer[StagePassage]):
    """A stay of a deal in a stage; the present one has no end, and its seconds run."""

    stage = StageReferenceSerializer()
    by = PersonReferenceSerializer(allow_null=True)
    seconds = serializers.SerializerMethodField()

    class Meta:
        model = StagePassage
        fields = ("stage", "entered_at", "left_at", "seconds", "by")
        read_only_fields = fields

    def get_seconds(self, passage: StagePassage) -> int:
        return passage.seconds(timezone.now())


class DealSerializer(ShownSerializer[Deal]):
    """One passage of a lead through the funnel, with the stages it passed."""

    stage = StageReferenceSerializer()
    furthest_stage = StageReferenceSerializer()
    offering = ReferenceSerializer(allow_null=True)
    reason = ReferenceSerializer(allow_null=True)
    passages = PassageSerializer(many=True)

    class Meta:
        model = Deal
        fields = (
            "id", "number", "is_current", "opened_at", "stage", "furthest_stage", "offering", "value", "currency",
            "value_base", "closed_at", "outcome", "reason", "reason_text", "passages",
        )  # fmt: skip
        read_only_fields = fields
