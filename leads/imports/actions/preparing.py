"""Before anything comes in: a file is uploaded and looked at, and its columns are given a meaning."""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.imports import fixing, policies, remembering, suggesting
from leads.imports.cleaning import clean_for_all
from leads.imports.mapping import Mapping
from leads.imports.models import Import
from leads.imports.reading import encodings, layout, texts, workbooks
from leads.imports.reading.layout import Layout
from leads.imports.reading.rows import Row, Rows
from leads.imports.suggesting import Survey
from workspace.errors import Conflict
from workspace.files import actions as files
from workspace.jobs import actions as jobs
from workspace.jobs.models import Job
from workspace.people.models import Person

# So much of a file is looked at while its bringer waits; the rest is read by the job.
HEAD = 4 << 20
WRONG_FILES = {
    "empty": "This file is empty.",
    "password": "This spreadsheet is locked by a password. Open it, save it without one, and bring that.",
    "large": "This spreadsheet asks for more memory or time than can be given. Save it as CSV there, and bring that.",
    "other": "This is neither a table as text nor a spreadsheet that can be read. Bring a CSV, XLSX or ODS file.",
}


class ImportMoved(Conflict):
    """The import is further than the visitor's page; `import_` is its state now."""

    title = gettext_lazy("Moved on")

    def __init__(self, import_: Import) -> None:
        super().__init__(_("This import has moved on: %s.") % import_.get_state_display().lower())
        self.import_ = import_


class FileGone(Conflict):
    """The file was kept long enough, and is there no more; `import_` is its state."""

    title = gettext_lazy("No longer here")

    def __init__(self, import_: Import) -> None:
        super().__init__(
            _("The file of this import was removed after the time for which files are kept. Bring it again.")
        )
        self.import_ = import_


def demand(import_: Import, by: Person | None) -> None:
    """Raise PermissionDenied unless `by` may go on with the import; None is the command line."""
    if by is not None and not policies.may_continue(by, import_):
        raise PermissionDenied(_("Somebody else brought this file."))


def lock(import_: Import, to: Import.State) -> Import:
    """The import as stored, locked, if it may become `to`.

    Raises:
        ImportMoved: it may not.
        FileGone: its file is there no more.
    """
    # The job first, as the worker locks it: who waits for its step must not hold what the step needs.
    if import_.job_id is not None:
        Job.objects.select_for_update(no_key=True).filter(pk=import_.job_id).first()
    locked = Import.objects.select_for_update(no_key=True, of=("self",))
    stored = locked.select_related("job", "by", "sort_by").get(pk=import_.pk)
    if to not in Import.MOVES[Import.State(stored.state)]:
        raise ImportMoved(stored)
    if not stored.file:
        raise FileGone(stored)
    return stored


def upload(file: File[bytes], *, name: str, by: Person | None, at: datetime) -> Import:
    """Keep a file, and tell how it is written and laid out.

    Raises:
        PermissionDenied: `by` may not bring files in.
        ValidationError: for `file`: it is empty, or neither a text nor a spreadsheet.
    """
    if by is not None and not policies.may_import(by):
        raise PermissionDenied(_("You may look at leads, but not bring new ones in."))
    file.seek(0)
    import_ = Import(name=_shown(name), size=file.size, by=by, created_at=at)
    try:
        import_.encoding = _encoding(file)
        if not import_.encoding:
            _read_sheet(import_, file, "")
    except encodings.NotText as error:
        raise ValidationError({"file": _(WRONG_FILES[error.kind])}) from error
    file.seek(0)
    source = import_.text.open("rb") if import_.is_workbook else file
    with _head(source, import_) as head:
        import_.delimiter = import_.delimiter or layout.sniff_delimiter(head)
        if not import_.is_workbook and import_.size <= HEAD and layout.is_blank(head, import_.delimiter):
            raise ValidationError({"file": _(WRONG_FILES["empty"])})
        import_.header_line = layout.find_header(head, import_.delimiter)
        _survey(import_, head)
    file.seek(0)
    import_.file.save("leads.bin" if import_.is_workbook else "leads.csv", file, save=False)
    import_.save(force_insert=True)
    return import_


def _encoding(file: File[bytes]) -> str:
    """The encoding of a text; empty for a spreadsheet."""
    try:
        return encodings.detect(file)
    except encodings.NotText as error:
        if error.kind != "workbook":
            raise
        return ""


def _read_sheet(import_: Import, file: IO[bytes] | File[bytes], sheet: str) -> None:
    """Make a sheet of a spreadsheet the import's text.

    Raises:
        NotText: it cannot be read.
    """
    file.seek(0)
    book = workbooks.read(file, sheet)
    with book.text:
        import_.text.save("leads.txt", File(book.text), save=False)
    import_.sheet, import_.sheets = book.sheet, [[one.name, one.rows, one.is_hidden] for one in book.sheets]
    import_.encoding, import_.delimiter = "utf-8", ","


def make_text(import_: Import) -> None:
    """Write the file as UTF-8 beside it, so that a byte's place is enough to resume there.

    Raises:
        NotText: it is a spreadsheet that could be read once, and cannot any more.
    """
    with import_.file.open("rb") as source:
        if import_.is_workbook:
            _read_sheet(import_, source, import_.sheet)
        else:
            with texts.as_utf8(source, import_.encoding) as text:
                import_.text.save("leads.txt", File(text), save=False)
    import_.save(update_fields=["text"])


@transaction.atomic
def look_again(
    import_: Import, *, encoding: str, delimiter: str, header_line: int, by: Person | None, sheet: str = ""
) -> Import:
    """Read the file in another way; the meaning of its columns is suggested anew. `sheet` is of a spreadsheet.

    Raises:
        PermissionDenied: somebody else brought it.
        ImportMoved: it is coming in already.
        ValidationError: by field.
    """
    demand(import_, by)
    import_ = lock(import_, Import.State.LOOK)
    if encoding not in encodings.ENCODINGS:
        raise ValidationError({"encoding": _("This encoding is not known.")})
    if delimiter not in layout.DELIMITERS or len(delimiter) != 1:
        raise ValidationError({"delimiter": _("Cells are parted by a comma, a semicolon, a tab or a bar.")})
    is_same = (import_.encoding, import_.delimiter, import_.header_line) == (encoding, delimiter, header_line)
    drop(import_)
    if sheet and sheet != import_.sheet:
        header_line, is_same = _choose_sheet(import_, sheet), False
    import_.encoding, import_.delimiter, import_.header_line = encoding, delimiter, header_line
    import_.state, import_.preview = Import.State.MAP, {}
    if not is_same or not import_.mapping:
        with open_head(import_) as head:
            _survey(import_, head)
    import_.save()
    return import_


def _choose_sheet(import_: Import, sheet: str) -> int:
    """Read another sheet; returns the line of its header.

    Raises:
        ValidationError: for `sheet`: there is none of this name, or nothing in it.
    """
    if sheet not in {name for name, _rows, _is_hidden in import_.sheets}:
        raise ValidationError({"sheet": _("There is no sheet of this name.")})
    files.discard(import_, "text")
    try:
        with import_.file.open("rb") as file:
            _read_sheet(import_, file, sheet)
    except encodings.NotText as error:
        raise ValidationError({"sheet": _(WRONG_FILES[error.kind])}) from error
    if import_.sheet != sheet:
        raise ValidationError({"sheet": _("There is nothing in this sheet.")})
    with open_head(import_) as head:
        return layout.find_header(head, import_.delimiter)


@dataclass(frozen=True)
class Agreed:
    """What the bringer chose on the page of columns. New open leads wait to be sorted, or sleep for a reason, or neither."""

    mapping: Mapping
    match: str
    mode: str
    sort_by: Person | None = None
    sort_until: date | None = None
    asleep_until: date | None = None
    asleep_reason: str = ""

    def check(self) -> None:
        """Refuse what cannot be meant.

        Raises:
            ValidationError: by field.
        """
        self.mapping.check(self.match)
        clean_for_all(self.mapping)
        if self.sort_until is not None and self.sort_by is None:
            raise ValidationError({"sort_by": _("Say who looks after these leads.")})
        if self.asleep_until is not None and not self.asleep_reason:
            raise ValidationError(
                {"asleep_reason": _("Say why they sleep, as in “Bought last year; due again in spring”.")}
            )
        if self.asleep_reason and self.asleep_until is None:
            raise ValidationError({"asleep_until": _("Say until when they sleep.")})
        if self.asleep_until is not None and self.sort_by is not None:
            raise ValidationError({"asleep_until": _("Leads wait to be sorted, or they sleep: choose one.")})


@transaction.atomic
def agree(import_: Import, agreed: Agreed, *, by: Person | None, at: datetime) -> Import:
    """Keep what the columns mean and on which terms the rows come in; the next file with these columns begins with it.

    Raises:
        PermissionDenied: somebody else brought it.
        ImportMoved: it is coming in already.
        ValidationError: by field.
    """
    demand(import_, by)
    import_ = lock(import_, Import.State.MAP)
    agreed.check()
    drop(import_)
    import_.mapping = agreed.mapping.as_json()
    import_.match, import_.mode = agreed.match, agreed.mode
    import_.sort_by, import_.sort_until = agreed.sort_by, agreed.sort_until
    import_.asleep_until, import_.asleep_reason = agreed.asleep_until, agreed.asleep_reason
    import_.state, import_.preview = Import.State.MAP, {}
    import_.save()
    remembering.remember(import_, at=at)
    return import_


@transaction.atomic
def suggest_anew(import_: Import, *, by: Person | None) -> Import:
    """Put what is suggested in the place of what was chosen last time, or for the file whose rows these are.

    Raises:
        PermissionDenied: somebody else brought it.
        ImportMoved: it is coming in already.
    """
    demand(import_, by)
    import_ = lock(import_, Import.State.MAP)
    drop(import_)
    _suggest(import_, [column["name"] for column in import_.mapping["columns"]], Survey.from_json(import_.survey))
    import_.recalled_at, import_.state, import_.preview = None, Import.State.MAP, {}
    import_.save()
    return import_


def drop(import_: Import) -> None:
    """Stop a check that is under way, and forget the text it read; that of a spreadsheet is looked at again."""
    if import_.job is not None and import_.job.is_open:
        jobs.cancel(import_.job, at=timezone.now())
    import_.job = None
    if not import_.is_workbook:
        files.discard(import_, "text")


def open_head(import_: Import) -> IO[bytes]:
    """The first part of the file as UTF-8."""
    if import_.is_workbook and not import_.text:
        make_text(import_)
    with (import_.text if import_.is_workbook else import_.file).open("rb") as file:
        return _head(file, import_)


def _head(file: IO[bytes] | File[bytes], import_: Import) -> IO[bytes]:
    head = file.read(HEAD)
    if file.read(1) and import_.encoding == "utf-8":
        # The last line is cut off; in the middle of a letter it would look broken.
        head = head[: head.rfind(b"\n") + 1] or head
    return texts.as_utf8(io.BytesIO(head), import_.encoding)


def _survey(import_: Import, head: IO[bytes]) -> None:
    """Say what the columns mean: as for the file whose refused rows these are, else as chosen last, else as suggested."""
    laid_out = layout.lay_out(head, import_.delimiter, import_.header_line)
    import_.header_line = laid_out.header_line
    is_whole = (import_.text.size if import_.is_workbook else import_.size) <= HEAD
    rows = layout.sample(head, laid_out, suggesting.SURVEYED_ROWS)
    surveyed = suggesting.survey(
        rows, len(laid_out.headers), is_whole=is_whole and len(rows) < suggesting.SURVEYED_ROWS
    )
    import_.survey = surveyed.as_json()
    _suggest(import_, laid_out.headers, surveyed)
    if not fixing.link(import_, surveyed):
        remembering.recall(import_, surveyed)


def _suggest(import_: Import, headers: list[str], surveyed: Survey) -> None:
    mapping = suggesting.suggest(headers, surveyed)
    import_.mapping, import_.match = mapping.as_json(), suggesting.suggest_match(mapping)


def first_rows(import_: Import, count: int) -> tuple[Layout, list[Row]]:
    """How the file is laid out, and its first rows, as it is read now."""
    with open_head(import_) as head:
        laid_out = layout.lay_out(head, import_.delimiter, import_.header_line)
        return laid_out, layout.sample(head, laid_out, count)


def rows_above(import_: Import, count: int) -> Iterable[Row]:
    """The first rows of the file as they stand, for choosing the line of the header."""
    with open_head(import_) as head:
        return [row for _, row in zip(range(count), Rows(head, import_.delimiter), strict=False)]


def _shown(name: str) -> str:
    """The name of a file without its folders and without what cannot be shown."""
    bare = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(sign for sign in bare if sign.isprintable())[:200] or _("File without a name")
