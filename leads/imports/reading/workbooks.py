"""Spreadsheets: a sheet of one as the text that every other file is, and which sheets there are."""

import json
import logging
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from typing import IO, Any

from django.conf import settings

from leads.imports.reading.encodings import CHUNK, NotText

logger = logging.getLogger(__name__)

PATIENCE_SECONDS = 360
LONGEST_COMPLAINT = 500
READER = "leads.imports.reading.unpacking"


@dataclass(frozen=True)
class Sheet:
    """A sheet that one may choose; `rows` is None where nobody has counted."""

    name: str
    rows: int | None
    is_hidden: bool = False


@dataclass(frozen=True)
class Workbook:
    """All sheets, the one that was read, and its text as UTF-8 with commas; line and row have the same number."""

    sheets: list[Sheet]
    sheet: str
    text: IO[bytes]


def read(source: IO[bytes], sheet: str = "") -> Workbook:
    """The rows of `sheet`, or of the first that has any. The caller closes the text.

    A process of its own reads it: what the file asks for must not cost this one its life.

    Raises:
        NotText: it is locked, too large, empty, or no spreadsheet.
    """
    with tempfile.NamedTemporaryFile(prefix="import-", suffix=".book") as book:
        while chunk := source.read(CHUNK):
            book.write(chunk)
        book.flush()
        text = tempfile.NamedTemporaryFile(prefix="import-", suffix=".txt")  # noqa: SIM115 - the caller closes it
        told = _told([book.name, text.name, sheet])
    if problem := told.get("problem"):
        text.close()
        raise NotText(problem)
    sheets = [Sheet(one["name"], one["rows"], one["is_hidden"]) for one in told["sheets"]]
    return Workbook(sheets, told["sheet"], text)


def _told(arguments: list[str]) -> dict[str, Any]:
    """What the reading process answers; one that was ended by its bounds wanted too much. Its complaints are logged."""
    try:
        ended = subprocess.run(  # noqa: S603 - our own module, and names of temporary files
            [sys.executable, "-m", READER, *arguments],
            cwd=settings.BASE_DIR,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {"problem": "large"}
    if ended.stderr:
        logger.info("a spreadsheet was not read: %s", ended.stderr[:LONGEST_COMPLAINT].decode("utf-8", "replace"))
    told: dict[str, Any] = json.loads(ended.stdout) if ended.returncode == 0 else {"problem": "large"}
    return told
