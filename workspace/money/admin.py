"""Rates are kept in the administration."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.options import ModelAdmin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from workspace.administration import ActingAdmin
from workspace.money import actions
from workspace.money.models import ExchangeRate


@admin.register(ExchangeRate)
class ExchangeRateAdmin(ActingAdmin[ExchangeRate]):
    """Dated rates into the workspace's currency; a wrong one can be taken away."""

    fields = ("currency", "valid_from", "rate")
    list_display = ("currency", "valid_from", "rate")
    list_filter = ("currency",)
    search_fields = ("currency",)
    date_hierarchy = "valid_from"

    def act(self, request: Any, record: ExchangeRate, values: dict[str, Any], *, is_new: bool) -> None:
        actions.save_rate(record, values, by=request.user, at=timezone.now())

    def has_delete_permission(self, request: HttpRequest, obj: ExchangeRate | None = None) -> bool:
        return ModelAdmin.has_delete_permission(self, request, obj)

    def delete_model(self, request: Any, obj: ExchangeRate) -> None:
        actions.delete_rate(obj, by=request.user, at=timezone.now())

    def delete_queryset(self, request: Any, queryset: QuerySet[ExchangeRate]) -> None:
        for rate in queryset:
            actions.delete_rate(rate, by=request.user, at=timezone.now())
