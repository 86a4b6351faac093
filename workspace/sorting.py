"""The closed list of columns by which a list can be sorted, read from an address and paged by key."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from workspace.paging import Keyset

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Column:
    """A column with an index on `(column, id)`; `nullable` ones list the rows without a value last."""

    name: str
    nullable: bool = False


@dataclass(frozen=True)
class Sorting:
    """Columns by the name that an address uses, and the order that a list has by itself (`-` is descending)."""

    columns: Mapping[str, Column]
    default: str

    def read(self, given: str | None) -> str:
        """The order that `given` asks for, or the list's own.

        Raises:
            ValidationError: for `ordering`: the list cannot be sorted by this.
        """
        order = given or self.default
        if order.removeprefix("-") not in self.columns:
            message = _("“%(given)s” is none of %(columns)s; with - before it, from the last to the first.")
            raise ValidationError(
                {"ordering": message % {"given": order[:40], "columns": ", ".join(self.columns)}},
            )
        return order

    def keyset(self, rows: QuerySet[Row], order: str, *, size: int = 50) -> Keyset[Row]:
        """`rows` in an `order` that was read before, to be paged."""
        column = self.columns[order.removeprefix("-")]
        direction = "-" if order.startswith("-") else ""
        return Keyset(rows, sort=f"{direction}{column.name}", nullable=column.nullable, size=size)
