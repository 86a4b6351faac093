"""Rows of a delimited text, one after the other, each with its line and the place after it."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, NamedTuple

from django.utils.translation import gettext as _

from leads.imports.reading.guards import lifted
from leads.imports.reading.texts import BROKEN

# No row is longer than this: a quotation mark that is never closed must not swallow the file.
LONGEST_ROW = 1 << 20
# So often a row that swallowed others is given back line by line; then the rest of such a file is skipped in large pieces.
MOST_REWINDS = 100
_BROKEN = BROKEN.encode()

csv.field_size_limit(LONGEST_ROW * 2)


@dataclass(frozen=True, slots=True)
class Place:
    """Where reading goes on: the byte, the number of the line there, and how often a row had to be given back."""

    offset: int = 0
    line: int = 1
    rewinds: int = 0


class Row(NamedTuple):
    """One row: its first line's number, its cells, and why it cannot be read, if it cannot."""

    line: int
    cells: list[str]
    problem: str = ""
    is_broken: bool = False


class _TooLong(Exception):
    """A row goes on and on."""


class Rows:
    """Iterates over the rows of `file`, from `place` on; empty lines are passed over. `place` is always after the last row."""

    def __init__(self, file: IO[bytes], delimiter: str, place: Place | None = None) -> None:
        self._file = file
        self._delimiter = delimiter
        place = place or Place()
        self._offset, self._line, self._rewinds = place.offset, place.line, place.rewinds
        self._row_offset, self._is_broken, self._has_apostrophe = self._offset, False, False
        # Inside a row the end of the file is only met where a quotation mark is still open.
        self._is_cut_off = False
        file.seek(self._offset)
        self._reader = csv.reader(self._lines(), delimiter=delimiter)

    @property
    def place(self) -> Place:
        return Place(self._offset, self._line, self._rewinds)

    def __iter__(self) -> Iterator[Row]:
        return self

    def __next__(self) -> Row:
        while True:
            line = self._line
            self._row_offset, self._is_broken, self._has_apostrophe = self._offset, False, False
            try:
                cells = next(self._reader)
            except (_TooLong, csv.Error):
                return self._give_back(line)
            if self._is_cut_off:
                return self._give_back(line)
            if self._has_apostrophe:
                cells = [lifted(cell) for cell in cells]
            if any(cells):
                return Row(line, cells, is_broken=self._is_broken)

    def _lines(self) -> Iterator[str]:
        while raw := self._file.readline(LONGEST_ROW + 1):
            self._offset += len(raw)
            self._line += 1
            if self._offset - self._row_offset > LONGEST_ROW:
                raise _TooLong
            if _BROKEN in raw:
                self._is_broken = True
            if b"'" in raw:
                self._has_apostrophe = True
            yield raw.decode("utf-8", "replace")
        self._is_cut_off = True

    def _give_back(self, line: int) -> Row:
        """Refuse the first line of a row without end, and read on after it."""
        end = self._offset
        self._is_cut_off = False
        self._rewinds += 1
        self._file.seek(self._row_offset)
        first = self._file.readline(LONGEST_ROW + 1)
        self._offset, self._line = self._row_offset + len(first), line + 1
        if not first.endswith(b"\n"):
            self._skip_line()
        elif self._rewinds > MOST_REWINDS:
            self._skip_to(end)
        self._file.seek(self._offset)
        self._reader = csv.reader(self._lines(), delimiter=self._delimiter)
        text = first[:2_000].decode("utf-8", "replace").rstrip("\n")
        if len(first) > LONGEST_ROW:
            return Row(line, [text], _("This line has more than a million characters; its beginning is shown."))
        return Row(line, [text], _("A quotation mark is opened in this line and never closed."))

    def _skip_line(self) -> None:
        while piece := self._file.readline(LONGEST_ROW):
            self._offset += len(piece)
            if piece.endswith(b"\n"):
                return

    def _skip_to(self, end: int) -> None:
        while self._offset < end and (piece := self._file.readline(LONGEST_ROW)):
            self._offset += len(piece)
            self._line += 1
