"""Stages, reasons and the definitions that leads refer to, in the administration."""

from typing import Any

from django.contrib import admin
from django.utils import timezone

from leads.funnel import actions
from leads.funnel.models import Campaign, Definition, Interest, Offering, Reason, Source, Stage, Tag
from workspace.administration import ActingAdmin


@admin.register(Stage)
class StageAdmin(ActingAdmin[Stage]):
    """The path of the funnel. A stage that is no longer used is retired: leads of the past passed it."""

    fields = ("name", "slug", "position", "kind", "part", "department", "meaning", "other_side", "is_active")
    readonly_fields = ("slug",)
    list_display = ("name", "position", "kind", "part", "department", "is_active")
    list_filter = ("is_active", "kind", "department")
    list_select_related = ("department",)
    search_fields = ("name", "slug")
    ordering = ("position", "pk")

    def act(self, request: Any, record: Stage, values: dict[str, Any], *, is_new: bool) -> None:
        actions.save_definition(record, values, by=request.user, at=timezone.now())


@admin.register(Reason)
class ReasonAdmin(ActingAdmin[Reason]):
    """Why deals are lost, leads disqualified and hand-offs rejected."""

    fields = ("kind", "name", "asks_text", "position", "is_active")
    list_display = ("name", "kind", "asks_text", "position", "is_active")
    list_filter = ("kind", "is_active")
    search_fields = ("name",)
    ordering = ("kind", "position", "pk")

    def act(self, request: Any, record: Reason, values: dict[str, Any], *, is_new: bool) -> None:
        actions.save_definition(record, values, by=request.user, at=timezone.now())


@admin.register(Source, Tag, Offering, Interest)
class DefinitionAdmin(ActingAdmin[Definition]):
    """What leads refer to by name; retired rather than deleted."""

    fields = ("name", "is_active")
    list_display = ("name", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name",)
    ordering = ("name", "pk")

    def act(self, request: Any, record: Definition, values: dict[str, Any], *, is_new: bool) -> None:
        actions.save_definition(record, values, by=request.user, at=timezone.now())


@admin.register(Campaign)
class CampaignAdmin(ActingAdmin[Campaign]):
    """Campaigns with their days."""

    fields = ("name", "starts_date", "ends_date", "is_active")
    list_display = ("name", "starts_date", "ends_date", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name",)
    ordering = ("name", "pk")

    def act(self, request: Any, record: Campaign, values: dict[str, Any], *, is_new: bool) -> None:
        actions.save_definition(record, values, by=request.user, at=timezone.now())
