"""Rows that could not come in: kept with their reason while the import runs, and written to a file at its end."""

import csv
import io
import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping

from django.core.files import File
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from leads.imports.mapping import Mapping as FileMapping
from leads.imports.mapping import targets
from leads.imports.models import Import, RefusedRow
from leads.imports.reading.guards import guarded
from leads.imports.reading.rows import Row
from leads.records.actions.intake import Act, Outcome
from workspace.copying import Column, copy_columns
from workspace.filtering import MOST_DIGITS

LONGEST_CELL = 100_000
# The columns that are added; the first says of which import the rows are, whatever becomes of the file's name.
LINE = gettext_noop("Line in the file (import %(import)d)")
WHY = gettext_noop("Why it was refused")
# By which delimiters spreadsheets part a file called .csv, depending on their language.
OPENED_BY_SPREADSHEETS = ",;"


def keep(import_: Import, judged: Iterable[tuple[Row, Outcome]]) -> None:
    """Store the refused ones among `judged`."""
    refused = [(row, outcome) for row, outcome in judged if outcome.act is Act.REFUSED]
    if not refused:
        return
    labels = targets()
    columns: dict[str, Column] = {
        "import_of_id": import_.pk,
        "line": [row.line for row, _outcome in refused],
        "reason": [reason(outcome.errors, labels) for _row, outcome in refused],
        "cells": [json.dumps(_kept(row), ensure_ascii=True) for row, _outcome in refused],
    }
    copy_columns(RefusedRow._meta.db_table, columns, len(refused))


def _kept(row: Row) -> list[str]:
    return [cell[:LONGEST_CELL].replace("\x00", "") for cell in row.cells]


def reason(errors: Mapping[str, str], labels: Mapping[str, str]) -> str:
    """All that is wrong with a row, each with the name of its field."""
    said = (f"{labels.get(key, key)}: {words}" if key else words for key, words in errors.items())
    return " ".join(said).replace("\x00", "")


def lines(import_: Import) -> Iterator[str]:
    """The lines of the file of refused rows: line, reason, and the cells as they were.

    Safe to open in a spreadsheet, and when its rows come in again they say the same: parted as the file was that brought
    them, each cell quoted, and guarded where a formula could begin.
    """
    delimiter = import_.delimiter if import_.delimiter in OPENED_BY_SPREADSHEETS else ","
    names = [column.name for column in FileMapping.from_json(import_.mapping).columns]
    # Rows that are refused again say why this time only.
    ours = {place for place, name in enumerate(names) if is_bookkeeping(name)}
    head = [_(LINE) % {"import": import_.pk}, _(WHY)]
    yield csv_line([*head, *_without(ours, names)], delimiter)
    rows = RefusedRow.objects.filter(import_of=import_).order_by("line")
    for line, why, cells in rows.values_list("line", "reason", "cells").iterator(chunk_size=1_000):
        yield csv_line([str(line), why, *_without(ours, cells)], delimiter)


def _without(places: set[int], cells: list[str]) -> list[str]:
    return [cell for place, cell in enumerate(cells) if place not in places] if places else cells


def import_of(header: str) -> int | None:
    """The import whose refused rows stand below this header of ours; None for any other header."""
    before, _place, after = _(LINE).partition("%(import)d")
    number = header.strip().removeprefix(before).removesuffix(after)
    is_ours = header.strip() == f"{before}{number}{after}" and number.isascii() and number.isdigit()
    return int(number) if is_ours and len(number) <= MOST_DIGITS else None


def is_bookkeeping(header: str) -> bool:
    """Whether a column is one that the file of refused rows adds to those of the file."""
    return header.strip() == _(WHY) or import_of(header) is not None


def csv_line(cells: list[str], delimiter: str) -> str:
    """A line of a file that people open in a spreadsheet: quoted, and guarded where a formula could begin."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerow([guarded(cell) for cell in cells])
    return out.getvalue()


def write(import_: Import) -> None:
    """Put the refused rows into their file, and forget them in the database."""
    if not RefusedRow.objects.filter(import_of=import_).exists():
        return
    with tempfile.NamedTemporaryFile("w+", encoding="utf-8", newline="", prefix="refused-", suffix=".csv") as file:
        file.write("\ufeff")
        file.writelines(lines(import_))
        file.flush()
        file.seek(0)
        import_.refused_file.save(f"refused-{import_.pk}.csv", File(file.buffer), save=False)
    import_.save(update_fields=["refused_file"])
    RefusedRow.objects.filter(import_of=import_).delete()
