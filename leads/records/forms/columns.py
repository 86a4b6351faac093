"""The form in which one chooses the columns of a list: ticked, sized, and moved up and down by buttons."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from django.http import QueryDict

from leads.records.columns import FIRST, SIZES, Chosen, ListColumn, Size, Words

Direction = Literal["up", "down"]


@dataclass(frozen=True)
class Line:
    """A column of the form. `takes_focus` names the button that was pressed to bring it here."""

    column: ListColumn
    is_shown: bool
    size: str
    is_fixed: bool
    may_rise: bool
    may_sink: bool
    takes_focus: str = ""

    @property
    def sizes(self) -> list[tuple[str, Words, bool]]:
        return [(size.value, words, size == self.size) for size, (words, _factor) in SIZES.items()]


class ColumnsForm:
    """All columns in the order of the form: the shown ones first, until somebody moves one.

    The order is told by hidden fields, so that the buttons work without JavaScript: they ask for the form anew, and nothing
    is stored before it is saved.
    """

    def __init__(self, known: Mapping[str, ListColumn], chosen: Chosen, data: QueryDict | None = None) -> None:
        self._known = known
        self._moved: tuple[str, str] = ("", "")
        if data is None:
            self._sizes = dict(chosen)
            self._shown = set(self._sizes)
            self._order = [*self._sizes, *(key for key in known if key not in self._sizes)]
        else:
            self._read(data)

    def _read(self, data: QueryDict) -> None:
        given = [key for key in dict.fromkeys(data.getlist("order")) if key in self._known]
        self._order = [*given, *(key for key in self._known if key not in given)]
        self._shown = {FIRST, *data.getlist("shown")}
        self._sizes = {key: data.get(f"size.{key}", Size.USUAL) for key in self._order}
        for direction in get_args(Direction):
            if (key := data.get(direction)) in self._order and key != FIRST:
                self._move(str(key), direction)

    def _move(self, key: str, direction: Direction) -> None:
        at = self._order.index(key)
        to = min(max(at + (-1 if direction == "up" else 1), 1), len(self._order) - 1)
        self._order.insert(to, self._order.pop(at))
        self._moved = key, direction

    @property
    def is_moving(self) -> bool:
        """Whether a button asks for another order, and not yet for it to be kept."""
        return bool(self._moved[0])

    @property
    def chosen(self) -> Chosen:
        """The ticked columns with their sizes, in order."""
        return [(key, self._sizes.get(key, Size.USUAL)) for key in self._order if key in self._shown]

    @property
    def lines(self) -> list[Line]:
        last = len(self._order) - 1
        return [
            Line(
                self._known[key],
                key in self._shown,
                self._sizes.get(key, Size.USUAL),
                key == FIRST,
                at > 1,
                0 < at < last,
                self._focus(key, at, last),
            )
            for at, key in enumerate(self._order)
        ]

    def _focus(self, key: str, at: int, last: int) -> str:
        """The pressed button; at the end of the way, where it is gone, the other one."""
        moved, direction = self._moved
        if key != moved:
            return ""
        if direction == "up":
            return "up" if at > 1 else "down"
        return "down" if at < last else "up"
