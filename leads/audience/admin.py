"""Personas in the administration, until both departments write them together."""

from typing import Any

from django.contrib import admin
from django.utils import timezone

from leads.audience.models import Persona
from leads.funnel.actions import save_definition
from workspace.administration import ActingAdmin


@admin.register(Persona)
class PersonaAdmin(ActingAdmin[Persona]):
    """Whom the company wants to attract."""

    fields = ("name", "buying_role", "summary", "is_active")
    list_display = ("name", "buying_role", "is_active")
    list_filter = ("is_active", "buying_role")
    search_fields = ("name",)
    ordering = ("name", "pk")

    def act(self, request: Any, record: Persona, values: dict[str, Any], *, is_new: bool) -> None:
        save_definition(record, values, by=request.user, at=timezone.now())
