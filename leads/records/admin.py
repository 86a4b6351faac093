"""Custom fields in the administration; leads and companies have pages of their own."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from leads.records import actions
from leads.records.actions.definitions import FIXED
from leads.records.forms import LinesField
from leads.records.models import CustomField
from workspace.administration import ActingAdmin, ActingForm


class CustomFieldForm(ActingForm[CustomField]):
    """A custom field, its choices one a line."""

    choices = LinesField(label=_("Choices"), required=False, help_text=_("One a line."))


@admin.register(CustomField)
class CustomFieldAdmin(ActingAdmin[CustomField]):
    """Fields that the workspace defined for itself; retired rather than deleted, since values may be stored.

    The settings do the same with fewer words; here the key is said by hand.
    """

    form = CustomFieldForm
    fields = (
        "on",
        "key",
        "label",
        "kind",
        "choices",
        "help_text",
        "is_required",
        "is_filterable",
        "position",
        "is_active",
    )
    list_display = ("label", "key", "on", "kind", "is_required", "is_filterable", "is_active")
    list_filter = ("on", "kind", "is_active")
    search_fields = ("label", "key")
    ordering = ("on", "position", "pk")

    def get_readonly_fields(self, request: HttpRequest, obj: CustomField | None = None) -> Any:
        return FIXED if obj else ()

    def act(self, request: Any, record: CustomField, values: dict[str, Any], *, is_new: bool) -> None:
        actions.save_custom_field(record, values, by=request.user, at=timezone.now())
