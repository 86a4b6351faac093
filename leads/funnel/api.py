"""The API of the funnel's definitions: stages, reasons, sources, campaigns, tags, offerings and interests, to be read."""

from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from leads.funnel.models import Campaign, Definition, Interest, Offering, Reason, Source, Stage, Tag
from workspace.api.serializers import ShownSerializer
from workspace.api.viewsets import ReadViewSet
from workspace.filtering import ChoiceFilter, FilterSet, TextFilter
from workspace.people.models import Department
from workspace.sorting import Column, Sorting

Row = TypeVar("Row", bound=Model)
YES_NO = {"yes": _("yes"), "no": _("no")}
BY_NAME = Sorting({"name": Column("name")}, default="name")
BY_POSITION = Sorting({"position": Column("position")}, default="position")


class InUseFilter(FilterSet):
    """Filters of what is retired rather than deleted."""

    name = TextFilter(_("Name"), "name")
    is_active = ChoiceFilter(_("In use"), YES_NO, lambda answer: Q(is_active=answer == "yes"))


class StageFilter(InUseFilter):
    """The filters of stages."""

    slug = TextFilter(_("Slug"), "slug", lookup="exact")
    kind = ChoiceFilter(_("Kind"), dict(Stage.Kind.choices), lambda kind: Q(kind=kind))
    department = ChoiceFilter(
        _("Department"),
        {str(key): label for key, label in Department.Key.choices},
        lambda key: Q(department__key=key),
        help_text=_("M marketing, S sales."),
    )


class ReasonFilter(InUseFilter):
    """The filters of reasons."""

    kind = ChoiceFilter(_("Kind"), dict(Reason.Kind.choices), lambda kind: Q(kind=kind))


class StageReferenceSerializer(serializers.ModelSerializer[Stage]):
    """A stage that a record refers to."""

    class Meta:
        model = Stage
        fields = ("id", "name", "slug")
        read_only_fields = fields


class StageSerializer(ShownSerializer[Stage]):
    """A step of the funnel, the department that owns it, and what the other side does there."""

    department = serializers.ChoiceField(Department.Key.choices, source="department.key")

    class Meta:
        model = Stage
        fields = ("id", "name", "slug", "position", "kind", "part", "department", "meaning", "other_side", "is_active")
        read_only_fields = fields


class ReasonSerializer(ShownSerializer[Reason]):
    """Why a deal was lost, a lead disqualified, or a hand-off rejected."""

    class Meta:
        model = Reason
        fields = ("id", "kind", "name", "asks_text", "position", "is_active")
        read_only_fields = fields


class DefinitionSerializer(serializers.Serializer[Definition]):
    """What leads refer to by name."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    is_active = serializers.BooleanField()


class CampaignSerializer(ShownSerializer[Campaign]):
    """A campaign with its days."""

    class Meta:
        model = Campaign
        fields = ("id", "name", "is_active", "starts_date", "ends_date")
        read_only_fields = fields


class DefinitionViewSet(ReadViewSet[Row]):
    """Definitions are read here, and edited in the administration; an unknown name on a lead makes a new one."""

    model: type[Model]
    serializer_class: type[serializers.BaseSerializer[Any]] = DefinitionSerializer
    filterset_class: type[FilterSet] = InUseFilter
    sorting = BY_NAME

    def get_queryset(self) -> QuerySet[Row]:
        may_see = self.request.user.has_perm(f"{self.model._meta.app_label}.view_{self.model._meta.model_name}")
        rows: QuerySet[Any] = self.model._default_manager.all()
        return rows if may_see else rows.none()


class StageViewSet(DefinitionViewSet[Stage]):
    """The steps of the funnel, in order."""

    resource, model = "stages", Stage
    serializer_class, filterset_class, sorting = StageSerializer, StageFilter, BY_POSITION

    def get_queryset(self) -> QuerySet[Stage]:
        return super().get_queryset().select_related("department")


class ReasonViewSet(DefinitionViewSet[Reason]):
    """The reasons to choose from, by kind."""

    resource, model = "reasons", Reason
    serializer_class, filterset_class, sorting = ReasonSerializer, ReasonFilter, BY_POSITION


class SourceViewSet(DefinitionViewSet[Source]):
    """Where leads come from."""

    resource, model = "sources", Source


class CampaignViewSet(DefinitionViewSet[Campaign]):
    """Campaigns with their days."""

    resource, model = "campaigns", Campaign
    serializer_class = CampaignSerializer


class TagViewSet(DefinitionViewSet[Tag]):
    """Free marks on leads."""

    resource, model = "tags", Tag


class OfferingViewSet(DefinitionViewSet[Offering]):
    """What the company sells."""

    resource, model = "offerings", Offering


class InterestViewSet(DefinitionViewSet[Interest]):
    """What leads show an interest in."""

    resource, model = "interests", Interest
