"""The administration saves through actions: what an action refuses stands at its field, and the journal is the only log."""

from typing import Any, TypeVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property

from workspace import paging, refusals

Row = TypeVar("Row", bound=Model)

_COUNTED = 10_000


class ActingForm(forms.ModelForm[Row]):
    """A form that can be shown again with what an action refused."""

    refusal: ValidationError | None = None

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]  # Django's own hook, which its stubs leave out
        if self.refusal is not None:
            refusals.show(self, self.refusal)


class ActingAdmin(admin.ModelAdmin[Row]):
    """Records that change by an action only: a class says in `act` by which. Nothing is deleted unless it says how."""

    form = ActingForm  # type: ignore[assignment]  # the stubs want the very class
    show_full_result_count = False

    def act(self, request: Any, record: Row, values: dict[str, Any], *, is_new: bool) -> None:
        """Store `record` with the cleaned `values` of the form."""
        raise NotImplementedError

    def save_model(self, request: Any, obj: Row, form: Any, change: bool) -> None:
        self.act(request, obj, form.cleaned_data, is_new=not change)

    def save_related(self, request: Any, form: Any, formsets: Any, change: bool) -> None:
        """The action has stored everything."""

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Save by the action; what it refuses is rolled back and drawn at the fields."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except ValidationError as error:
            request.refusal = error  # type: ignore[attr-defined]  # read by get_form below
            return super().changeform_view(request, *args, **kwargs)

    def get_form(self, request: HttpRequest, obj: Row | None = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)  # a class of this request alone
        form.refusal = getattr(request, "refusal", None)
        return form

    def has_delete_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:
        return False

    def log_addition(self, *_args: Any) -> None:  # type: ignore[override]
        """The journal tells it."""

    log_change = log_deletions = log_addition  # type: ignore[assignment]


class CappedPaginator(Paginator[Row]):
    """Pages of a table of any size: it counts up to 10,000 rows, in a bounded time."""

    @cached_property
    def count(self) -> int:
        found = paging.count(self.object_list, cap=_COUNTED)  # type: ignore[arg-type]  # the changelist's queryset
        return _COUNTED if found.number is None else found.number


class ReadOnlyAdmin(admin.ModelAdmin[Row]):
    """Records that are looked at only."""

    show_full_result_count = False
    paginator = CappedPaginator

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:
        return False
