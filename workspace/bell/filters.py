"""The filters of notices in the API."""

from typing import Final

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workspace.filtering import ChoiceFilter, Filter, FilterSet
from workspace.filtering.base import Rows
from workspace.notices import kinds
from workspace.sorting import Column, Sorting

SORTING: Final = Sorting({"told_at": Column("told_at")}, default="-told_at")
_YES_NO: Final = {"yes": gettext_lazy("yes"), "no": gettext_lazy("no")}


class KindFilter(Filter):
    """Notices of one kind; kinds are registered when all rooms are loaded, so they are looked up when asked."""

    def read(self, text: str) -> str:
        if text not in kinds.entries():
            raise ValidationError(_("“%s” is no kind of notice.") % text[:40])
        return text

    def narrow(self, rows: Rows, value: str) -> Rows:
        return rows.filter(kind=value)


class NoticeFilter(FilterSet):
    """The filters of notices."""

    is_read = ChoiceFilter(gettext_lazy("Read"), _YES_NO, lambda answer: Q(read_at__isnull=answer == "no"))
    kind = KindFilter(gettext_lazy("Kind"))
