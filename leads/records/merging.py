"""What refers to a lead, and goes along when the lead is merged: rooms say it of each column of theirs that names one.

A column is a foreign key to a lead, or the id beside a kind. `moved` rows go to the survivor, and back when the merge is undone;
where the survivor has the same already (`unique_with`), the row stays with the lead that goes, and is there again when that
returns. `kept` rows stay in any case. A guard test fails for a foreign key to a lead that no room speaks of.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, Model, OuterRef, QuerySet

from workspace.registry import Registry


@dataclass(frozen=True)
class Reference:
    """A column by which rows of `model` name a lead. `only` are the conditions under which it does."""

    model: type[Model]
    column: str
    only: Mapping[str, Any] = field(default_factory=dict)
    unique_with: tuple[str, ...] = ()
    is_moved: bool = True

    @property
    def key(self) -> str:
        return f"{self.model._meta.label}.{self.column}"

    def rows_of(self, lead: int) -> QuerySet[Any]:
        return self.model._default_manager.filter(**{self.column: lead}, **self.only).order_by("pk")

    def rows_to_move(self, merged: int, survivor: int) -> QuerySet[Any]:
        """Those that the survivor does not have already."""
        rows = self.rows_of(merged)
        if not self.unique_with:
            return rows
        same = self.rows_of(survivor).order_by().filter(**{one: OuterRef(one) for one in self.unique_with})
        return rows.filter(~Exists(same))


_references: Registry[Reference] = Registry("reference to a lead")


def moved(model: type[Model], column: str, *, unique_with: tuple[str, ...] = (), **only: Any) -> None:
    """Let rows of `model` go to the survivor of a merge.

    Raises:
        ValueError: the column is registered already.
    """
    reference = Reference(model, column, only, unique_with)
    _references.add(reference.key, reference)


def kept(model: type[Model], column: str) -> None:
    """Let rows of `model` stay with the lead that was merged.

    Raises:
        ValueError: the column is registered already.
    """
    reference = Reference(model, column, is_moved=False)
    _references.add(reference.key, reference)


def entries() -> dict[str, Reference]:
    """All references by `app.Model.column`, for the merge itself and the guard test."""
    return dict(_references)
