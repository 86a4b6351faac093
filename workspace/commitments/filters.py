"""The filters of promises and next steps: for the page and for the API."""

from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workspace import subjects
from workspace.commitments import kinds
from workspace.commitments.models import state_filters
from workspace.filtering import MOST_DIGITS, ChoiceFilter, Filter, FilterSet, MomentFilter, PersonFilter
from workspace.filtering.base import Rows
from workspace.people.models import Department, Person
from workspace.sorting import Column, Sorting

STATES: Final = {
    "open": gettext_lazy("Open"),
    "running": gettext_lazy("Running"),
    "warned": gettext_lazy("Warned"),
    "missed": gettext_lazy("Missed"),
    "paused": gettext_lazy("Paused"),
    "kept": gettext_lazy("Kept"),
    "kept_late": gettext_lazy("Kept late"),
    "cancelled": gettext_lazy("Let go"),
}
CLOSED: Final = frozenset({"kept", "kept_late", "cancelled"})
SORTING: Final = Sorting(
    {"due_at": Column("due_at"), "started_at": Column("started_at"), "closed_at": Column("closed_at", nullable=True)},
    default="due_at",
)
_SIDES: Final = {str(key): label for key, label in Department.Key.choices}
_YES_NO: Final = {"yes": gettext_lazy("yes"), "no": gettext_lazy("no")}


class KindFilter(Filter):
    """Rows of one registered kind; kinds are registered when all rooms are loaded, so they are looked up when asked."""

    def read(self, text: str) -> str:
        if text not in kinds.entries():
            raise ValidationError(_("“%s” is no kind of commitment.") % text[:40])
        return text

    def narrow(self, rows: Rows, value: str) -> Rows:
        return rows.filter(kind=value)

    def say(self, value: str) -> str:
        return str(kinds.get(value).label)


class SubjectFilter(Filter):
    """Rows about one record, as `lead:42`."""

    def read(self, text: str) -> tuple[str, int]:
        kind, _colon, pk = text.partition(":")
        if kind not in subjects.entries() or not (pk.isascii() and pk.isdigit() and len(pk) <= MOST_DIGITS):
            raise ValidationError(_("“%s” is no record, as lead:42 is.") % text[:40])
        return kind, int(pk)

    def narrow(self, rows: Rows, value: tuple[str, int]) -> Rows:
        return rows.filter(subject_kind=value[0], subject_id=value[1])

    def say(self, value: tuple[str, int]) -> str:
        return f"{subjects.get(value[0]).label} {value[1]}"


def find_person(given: str | int) -> Person | None:
    """Somebody by id or e-mail."""
    wanted: dict[str, Any] = {"pk": given} if isinstance(given, int) else {"email__iexact": given}
    return Person.objects.filter(**wanted).first()


class CommitmentFilter(FilterSet):
    """The filters of commitments."""

    state = ChoiceFilter(gettext_lazy("State"), STATES, lambda state: state_filters()[state])
    kind = KindFilter(gettext_lazy("Kind"))
    is_promise = ChoiceFilter(gettext_lazy("Promise"), _YES_NO, lambda answer: Q(is_promise=answer == "yes"))
    debtor = PersonFilter(gettext_lazy("Who"), "debtor", find_person, help_text=gettext_lazy("By id or e-mail, or me."))
    creditor = PersonFilter(gettext_lazy("To whom"), "creditor", find_person)
    owed_by = ChoiceFilter(gettext_lazy("Owed by"), _SIDES, lambda key: Q(debtor_department__key=key))
    owed_to = ChoiceFilter(gettext_lazy("Owed to"), _SIDES, lambda key: Q(creditor_department__key=key))
    subject = SubjectFilter(gettext_lazy("About"), help_text=gettext_lazy("A record, as lead:42."))
    due_after = MomentFilter(gettext_lazy("Due from"), "due_at", "after")
    due_before = MomentFilter(gettext_lazy("Due until"), "due_at", "before")
