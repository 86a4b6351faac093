"""The options of the workspace in the administration: all that rooms have declared, changed or not."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workspace.administration import ActingAdmin, ActingForm
from workspace.options import actions
from workspace.options.declared import Option, entries
from workspace.options.models import StoredOption

_FIELDS: dict[type, type[forms.Field]] = {
    bool: forms.BooleanField, int: forms.IntegerField, list: forms.JSONField, dict: forms.JSONField,
}  # fmt: skip


class OptionForm(ActingForm[StoredOption]):
    """One option, by a field of its type."""

    value = forms.CharField()

    class Meta:
        model = StoredOption
        fields = ("value",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        option = entries()[self.instance.key]
        make = _FIELDS.get(type(option.default), forms.CharField)
        self.fields["value"] = make(
            label=str(option.label),
            help_text=str(option.help_text),
            required=make in (forms.CharField, forms.IntegerField),
        )


@admin.register(StoredOption)
class OptionAdmin(ActingAdmin[StoredOption]):
    """Options are declared by rooms: none is added or deleted here."""

    form = OptionForm
    fields = ("value",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> StoredOption | None:
        """The option of a key (or of a stored number, by which the journal speaks of it); one not changed yet unsaved."""
        stored = StoredOption.objects.filter(key=object_id).first()
        if stored is None and object_id.isdecimal():
            stored = StoredOption.objects.filter(pk=int(object_id)).first()
        if stored is None and object_id in entries():
            stored = StoredOption(key=object_id, value=entries()[object_id].default)
        return stored if stored is not None and stored.key in entries() else None

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """All options with their values. Costs one query each."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        options = sorted(entries().values(), key=lambda option: str(option.label))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Options"),
            "opts": self.opts,
            "options": [(option, option.get()) for option in options],
        }
        return TemplateResponse(request, "admin/workspace_options/storedoption/change_list.html", context)

    def act(self, request: Any, record: StoredOption, values: dict[str, Any], *, is_new: bool) -> None:
        option: Option[Any] = entries()[record.key]
        actions.change(option, values["value"], by=request.user, at=timezone.now())
