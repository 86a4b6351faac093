"""A sheet of a spreadsheet as UTF-8 text, made in a process of its own: `python -m leads.imports.reading.unpacking`.

Spreadsheets are packed: a few kilobytes may ask for all memory there is, and the library that reads them ends its process
then. This one bounds its memory and its time before it looks at the file, writes one JSON object to its output, and needs
nothing of the project.
"""

import contextlib
import csv
import json
import re
import resource
import sys
import time
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, TextIO

MOST_MEMORY = 3 << 30
MOST_SECONDS = 300
# What a packed file says it holds; more is answered at once.
MOST_UNPACKED = 2 << 30
MOST_SHEETS = 100
# Rows of sheets that were not chosen are counted while this lasts; after it nobody waits for their numbers.
COUNTING_SECONDS = 15
# As many digits as spreadsheets keep; beyond it binary fractions would show.
NUMBER = ".15g"
_LINES = re.compile(r"[\r\n]+")
_COMPOUND = b"\xd0\xcf\x11\xe0"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_HOUR, _MINUTE = 3600, 60


class Unreadable(Exception):
    """The file cannot be read; `problem` is password, large, empty or other."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


def unpack(source: Path, target: Path, chosen: str) -> dict[str, Any]:
    """Write the rows of the sheet `chosen`, or of the first with any, to `target`; tell which sheets there are."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum, load_workbook

    _demand_open(source)
    book = load_workbook(source)
    sheets: list[dict[str, Any]] = [
        {"name": sheet.name, "is_hidden": sheet.visible != SheetVisibleEnum.Visible, "rows": None}
        for sheet in book.sheets_metadata[:MOST_SHEETS]
        if sheet.typ == SheetTypeEnum.WorkSheet
    ]
    name = ""
    for sheet in sorted(sheets, key=lambda sheet: (sheet["name"] != chosen, sheet["is_hidden"])):
        if name and time.process_time() > COUNTING_SECONDS:
            break
        read = book.get_sheet_by_name(sheet["name"])
        sheet["rows"] = read.height
        if not name and read.height:
            name = sheet["name"]
            with target.open("w", encoding="utf-8", newline="") as out:
                _write(out, read.iter_rows(), _hanging(read.merged_cell_ranges or [], read.start))
        del read
    if not name:
        raise Unreadable("empty")
    return {"sheets": sheets, "sheet": name}


def _demand_open(source: Path) -> None:
    """Refuse what is locked by a password, and what says itself that it is too large."""
    with source.open("rb") as file:
        if file.read(4) == _COMPOUND and _ENCRYPTED in file.read(8 << 20):
            raise Unreadable("password")
    if zipfile.is_zipfile(source):
        with zipfile.ZipFile(source) as packed:
            parts = packed.infolist()
        if sum(part.file_size for part in parts) > MOST_UNPACKED:
            raise Unreadable("large")


def _hanging(merged: Iterable[Any], start: tuple[int, int] | None) -> dict[int, list[tuple[int, int]]]:
    """By the first row of cells that were merged down a column: the column as it is read, and the last row."""
    left = start[1] if start else 0
    found: dict[int, list[tuple[int, int]]] = {}
    for (top, first), (bottom, last) in merged:
        if first == last and bottom > top:
            found.setdefault(top, []).append((first - left, bottom))
    return found


def _write(out: TextIO, rows: Iterable[list[Any]], hanging: dict[int, list[tuple[int, int]]]) -> None:
    """One line a row, so that line and row have the same number. A cell merged downwards is said in each of its rows."""
    writer = csv.writer(out, lineterminator="\n")
    blank = 0
    for cells in _filled(rows, hanging):
        if not cells:
            blank += 1
            continue
        out.write("\n" * blank)
        writer.writerow(cells)
        blank = 0


def _filled(rows: Iterable[list[Any]], hanging: dict[int, list[tuple[int, int]]]) -> Iterator[list[str]]:
    down: dict[int, tuple[str, int]] = {}
    for number, row in enumerate(rows):
        cells = [said(value) for value in row]
        for column, bottom in hanging.get(number, ()):
            if 0 <= column < len(cells):
                down[column] = cells[column], bottom
        for column, (text, bottom) in list(down.items()):
            if number > bottom:
                del down[column]
            else:
                cells[column] = text
        while cells and not cells[-1]:
            cells.pop()
        yield cells if any(cells) else []


def said(value: Any) -> str:
    """A cell's value as a text file would have it: no `.0`, days as 2026-12-31, yes and no in words."""
    if isinstance(value, str):
        return _LINES.sub(" ", value) if "\n" in value or "\r" in value else value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        text = format(value, NUMBER)
        return f"{Decimal(text):f}" if "e" in text else text
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, timedelta):
        seconds = int(value.total_seconds())
        return f"{seconds // _HOUR}:{seconds // _MINUTE % _MINUTE:02d}:{seconds % _MINUTE:02d}"
    return str(value.isoformat()) if isinstance(value, date) else str(value)


def _bound() -> None:
    """Take what the machine has from the others for no longer, and no more, than a large table needs."""
    for kind, most in (
        (resource.RLIMIT_AS, MOST_MEMORY),
        (resource.RLIMIT_CPU, MOST_SECONDS),
        (resource.RLIMIT_CORE, 0),
    ):
        _soft, hard = resource.getrlimit(kind)
        with contextlib.suppress(ValueError, OSError):  # a system that does not know this bound
            resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def main() -> None:
    _bound()
    source, target, chosen = sys.argv[1:]
    try:
        told = unpack(Path(source), Path(target), chosen)
    except Unreadable as error:
        told = {"problem": error.problem}
    except MemoryError:
        told = {"problem": "large"}
    except Exception as error:  # whatever a hostile file brings the library to
        sys.stderr.write(repr(error))
        told = {"problem": "password" if type(error).__name__ == "PasswordError" else "other"}
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main()
