"""How a text is laid out as a table: its delimiter, its header, and the first rows."""

import csv
import re
from collections import Counter
from dataclasses import dataclass
from typing import IO

from django.utils.translation import gettext as _

from leads.imports.reading.rows import Place, Row, Rows

DELIMITERS = ",;\t|"
SAMPLE_ROWS = 60
SAMPLE_BYTES = 256 * 1024
MOST_COLUMNS = 500
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True)
class Layout:
    """The delimiter, the line of the header (0: there is none), and where the rows begin."""

    delimiter: str
    header_line: int
    headers: list[str]
    start: Place


def sniff_delimiter(text: IO[bytes]) -> str:
    """The delimiter by which the first rows have the same number of cells, more than one; a comma where none has."""
    text.seek(0)
    lines = text.read(SAMPLE_BYTES).decode("utf-8", "replace").splitlines(keepends=True)
    return max(DELIMITERS, key=lambda delimiter: _regularity(lines, delimiter))


def _regularity(lines: list[str], delimiter: str) -> float:
    widths: list[int] = []
    try:
        for cells in csv.reader(lines, delimiter=delimiter):
            if any(cells):
                widths.append(len(cells))
            if len(widths) == SAMPLE_ROWS:
                break
    except csv.Error:
        return 0
    if not widths:
        return 0
    width, times = Counter(widths).most_common(1)[0]
    return 0 if width == 1 else times / len(widths) * min(width, 20) ** 0.5


def is_blank(text: IO[bytes], delimiter: str) -> bool:
    """Whether no cell of any row holds more than white space."""
    return not any(row.problem or _width(row) for row in Rows(text, delimiter))


def find_header(text: IO[bytes], delimiter: str) -> int:
    """The line of the header: the first row as wide as most rows are; titles above a table are narrower.

    The last columns may have no name, as long as their cells are there and more than half of the columns have one.
    """
    first = _first_rows(text, delimiter)
    if not first:
        return 0
    widths = Counter(_width(row) for row in first)
    usual = max(widths, key=lambda width: (widths[width], width))
    found = next((row for row in first if _width(row) >= usual or _names_most(row, usual)), first[0])
    if _is_lead(found):  # the header is narrower than this one, where rows have cells of no column
        found = max((row for row in first if row.line < found.line and not _is_lead(row)), key=_width, default=found)
    return found.line


def _is_lead(row: Row) -> bool:
    return any(_ADDRESS.fullmatch(cell.strip()) for cell in row.cells)


def _names_most(row: Row, usual: int) -> bool:
    return len(row.cells) >= usual and sum(bool(cell.strip()) for cell in row.cells) * 2 > usual


def lay_out(text: IO[bytes], delimiter: str, header_line: int) -> Layout:
    """The layout with the header at `header_line`; without one (0) columns are called by their number."""
    rows = Rows(text, delimiter)
    if header_line == 0:
        width = max((len(row.cells) for row in _first_rows(text, delimiter)), default=0)
        return Layout(delimiter, 0, name_columns([""] * min(width, MOST_COLUMNS)), Place())
    for row in rows:
        if row.line >= header_line:
            return Layout(delimiter, row.line, name_columns(row.cells[:MOST_COLUMNS]), rows.place)
    return Layout(delimiter, header_line, [], rows.place)


def name_columns(cells: list[str]) -> list[str]:
    """A name for each column, each once: a repeated header gets a number, an empty one is called by its place."""
    names: list[str] = []
    taken = {" ".join(cell.split()) for cell in cells}
    for place, cell in enumerate(cells, start=1):
        header = " ".join(cell.replace("\x00", "").split())[:120] or _("Column %d") % place
        name, times = header, 1
        while name in names or (times > 1 and name in taken):
            times += 1
            name = f"{header} ({times})"
        names.append(name)
    return names


def sample(text: IO[bytes], layout: Layout, count: int) -> list[Row]:
    """The first `count` rows below the header."""
    rows = Rows(text, layout.delimiter, layout.start)
    return [row for _, row in zip(range(count), rows, strict=False)]


def _first_rows(text: IO[bytes], delimiter: str) -> list[Row]:
    return [row for _, row in zip(range(SAMPLE_ROWS), Rows(text, delimiter), strict=False)]


def _width(row: Row) -> int:
    return max((place for place, cell in enumerate(row.cells, start=1) if cell.strip()), default=0)
