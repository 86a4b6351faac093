"""Spreadsheets: their cells come in as people see them, their sheets can be chosen, and hostile ones cost nobody anything."""

import io
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter  # type: ignore[import-untyped]  # it has no types
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from leads.imports import actions
from leads.imports.actions.preparing import first_rows
from leads.imports.models import Import
from leads.imports.reading import workbooks
from leads.imports.reading.encodings import NotText
from leads.imports.tests.bringing import bring, counts, only_lead, refused, run, uploaded
from leads.records.models import Lead
from leads.records.tests.factories import person
from workspace.people.roles import Role

pytestmark = pytest.mark.django_db

Fill = Callable[[Any], None]


def book(fill: Fill) -> bytes:
    """An XLSX file as `fill` writes it."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as made:
        fill(made)
    return out.getvalue()


def table(*rows: list[object], name: str = "Leads") -> Fill:
    """One sheet with these rows; days and moments written as a spreadsheet does."""

    def fill(made: Any) -> None:
        sheet = made.add_worksheet(name)
        formats = {date: "yyyy-mm-dd", datetime: "dd.mm.yyyy hh:mm", time: "hh:mm", timedelta: "[h]:mm"}
        by_kind = {kind: made.add_format({"num_format": code}) for kind, code in formats.items()}
        for number, cells in enumerate(rows):
            for place, cell in enumerate(cells):
                if type(cell) in by_kind:
                    sheet.write_datetime(number, place, cell, by_kind[type(cell)])
                else:
                    sheet.write(number, place, cell)

    return fill


def read(fill: Fill, sheet: str = "") -> list[str]:
    """The lines of the text that a sheet becomes."""
    with workbooks.read(io.BytesIO(book(fill)), sheet).text as text:
        return text.read().decode().split("\n")


LEADS = table(
    ["E-Mail", "Name", "Lead Number", "Wert", "Erstellt am", "Stage"],
    ["asa@x.example", "Åsa Øvergård", 4711, 1200.5, date(2026, 1, 13), "New"],
    ["memet@x.example", "Memet Yıldız", 4712, 900, date(2026, 1, 14), "New"],
    ["not an address", "Nobody", 4713, 1, date(2026, 1, 15), "New"],
)


def test_a_spreadsheet_comes_in_like_any_other_file() -> None:
    done = bring(book(LEADS), for_all={"currency": "EUR"})

    assert counts(done) == (2, 0, 0, 1)
    lead = only_lead(email="asa@x.example")
    assert (lead.last_name, lead.external_id, str(lead.value), lead.created_at.date()) == (
        "Øvergård", "4711", "1200.50", date(2026, 1, 13),
    )  # fmt: skip
    assert refused(done)[0].startswith('"4"')
    assert not done.text


def test_the_same_spreadsheet_twice_changes_nothing() -> None:
    bring(book(LEADS))

    assert counts(bring(book(LEADS))) == (0, 0, 2, 1)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (5, "5"),
        (5.0, "5"),
        (-3.25, "-3.25"),
        (0.1 + 0.2, "0.3"),
        (12345678901, "12345678901"),
        (12345678901234567, "12345678901234600"),
        (1e-7, "0.0000001"),
        (True, "yes"),
        (False, "no"),
        ("two\nlines", "two lines"),
        ('say "no"; a, b', '"say ""no""; a, b"'),
        ("00420", "00420"),
        (date(2026, 12, 31), "2026-12-31"),
        (datetime(2026, 12, 31, 14, 30), "2026-12-31 14:30:00"),  # noqa: DTZ001 - cells know no zone
        (time(9, 5), "09:05:00"),
        (timedelta(hours=30), "30:00:00"),
        ("🦊 שָׁלוֹם", "🦊 שָׁלוֹם"),
    ],
)
def test_a_cell_is_said_as_people_see_it(cell: object, text: str) -> None:
    assert read(table(["head"], [cell]))[1] == text


def test_formulas_come_in_as_their_values_and_errors_as_nothing() -> None:
    def fill(made: Any) -> None:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, ["a", "b", "c", "d"])
        sheet.write_formula(1, 0, "=1+1", None, 2)
        sheet.write_formula(1, 1, '=HYPERLINK("http://evil.example","click")', None, "click")
        sheet.write_formula(1, 2, "=NA()", None, "#N/A")
        sheet.write(1, 3, "end")

    assert read(fill)[1] == "2,click,,end"


def test_line_and_row_have_the_same_number_also_below_empty_rows() -> None:
    def fill(made: Any) -> None:
        sheet = made.add_worksheet()
        sheet.write(3, 2, "email")
        sheet.write(6, 2, "a@x.example")

    assert read(fill) == ["", "", "", "email", "", "", "a@x.example", ""]


def test_a_cell_merged_downwards_is_said_in_each_of_its_rows_and_a_title_once() -> None:
    def fill(made: Any) -> None:
        sheet = made.add_worksheet()
        sheet.merge_range(0, 1, 0, 2, "Leads of the fair")
        sheet.write_row(1, 1, ["company", "email"])
        sheet.merge_range(2, 1, 3, 1, "Kestrel")
        sheet.write(2, 2, "a@x.example")
        sheet.write(3, 2, "b@x.example")
        sheet.write(4, 2, "c@x.example")

    assert read(fill) == [
        "Leads of the fair", "company,email", "Kestrel,a@x.example", "Kestrel,b@x.example", ",c@x.example", "",
    ]  # fmt: skip


def several(made: Any) -> None:
    made.add_worksheet("Cover")
    hidden = made.add_worksheet("Lists")
    hidden.write_column(0, 0, ["a", "b"])
    hidden.hide()
    made.add_worksheet("Leads").write_column(0, 0, ["email", "a@x.example"])
    made.add_worksheet("Old").write_column(0, 0, ["", "email", "b@x.example", "c@x.example"])


def test_the_first_visible_sheet_with_rows_is_read_and_another_can_be_chosen() -> None:
    import_ = uploaded(book(several), name="leads.xlsx")
    assert (import_.sheet, [name for name, _rows, _hidden in import_.sheets]) == (
        "Leads", ["Cover", "Lists", "Leads", "Old"],
    )  # fmt: skip
    assert [rows for _name, rows, _hidden in import_.sheets] == [0, 2, 2, 3]

    import_ = actions.look_again(import_, encoding="utf-8", delimiter=",", header_line=1, by=None, sheet="Old")

    assert (import_.sheet, import_.header_line) == ("Old", 2)
    assert first_rows(import_, 5)[0].headers == ["email"]
    assert counts(run(import_)) == (2, 0, 0, 0)


@pytest.mark.parametrize(("sheet", "words"), [("Cover", "nothing in this sheet"), ("None", "no sheet of this name")])
def test_a_sheet_without_rows_or_of_no_name_is_refused_and_the_one_before_stays(sheet: str, words: str) -> None:
    import_ = uploaded(book(several), name="leads.xlsx")

    with pytest.raises(ValidationError, match=words):
        actions.look_again(import_, encoding="utf-8", delimiter=",", header_line=1, by=None, sheet=sheet)

    stored = Import.objects.get()
    assert (stored.sheet, first_rows(stored, 5)[1][0].cells) == ("Leads", ["a@x.example"])


def test_a_text_that_was_let_go_is_made_again_from_the_same_sheet() -> None:
    import_ = uploaded(book(several), name="leads.xlsx")
    import_ = actions.look_again(import_, encoding="utf-8", delimiter=",", header_line=2, by=None, sheet="Old")
    import_.text.delete()

    assert first_rows(Import.objects.get(), 5)[0].headers == ["email"]


def test_the_page_offers_the_sheets_and_asks_for_neither_encoding_nor_delimiter(client: Client) -> None:
    client.force_login(person("Mara Lindholm", Role.MARKETER))
    client.post(reverse("imports:new"), {"file": SimpleUploadedFile("leads.xlsx", book(several))})
    url = reverse("imports:look", args=[Import.objects.get().pk])

    page = client.get(url).text
    assert '<option value="Leads" selected>Leads (2 rows)</option>' in page
    assert '<option value="Lists">Lists (2 rows, hidden)</option>' in page
    assert "Encoding" not in page
    client.post(url, {"sheet": "Old", "header_line": 1})
    assert "c@x.example" in client.get(url).text
    answer = client.post(url, {"sheet": "Cover", "header_line": 1})

    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "There is nothing in this sheet." in answer.text


def sparse(made: Any) -> None:
    sheet = made.add_worksheet()
    sheet.write(0, 0, "email")
    sheet.write(1_048_575, 16_383, "x")


def packed(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def swollen() -> bytes:
    """A spreadsheet of a few kilobytes whose shared texts unpack to 200 megabytes, of which it says that they are 5 GB."""
    parts = zipfile.ZipFile(io.BytesIO(book(LEADS)))
    content = {name: parts.read(name) for name in parts.namelist()}
    content["xl/sharedStrings.xml"] += b" " * (200 << 20)
    raw = packed(content)
    place = raw.rindex(b"xl/sharedStrings.xml") - 46 + 24  # the size in the entry of the central directory
    return raw[:place] + (0xF0000000).to_bytes(4, "little") + raw[place + 4 :]


LOCKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\x00" * 600


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (lambda: book(sparse), "asks for more memory or time"),
        (swollen, "asks for more memory or time"),
        (lambda: LOCKED, "locked by a password"),
        (lambda: packed({"word/document.xml": b"<document/>"}), "neither a table as text nor a spreadsheet"),
        (lambda: book(LEADS)[:3000], "neither a table as text nor a spreadsheet"),
        (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "neither a table as text nor a spreadsheet"),
        (lambda: book(lambda made: made.add_worksheet() and None), "This file is empty."),
    ],
    ids=["sparse", "swollen", "locked", "a letter", "cut off", "broken", "empty"],
)
def test_what_cannot_be_read_is_refused_in_words_and_nobody_ends_with_it(
    content: Callable[[], bytes], words: str
) -> None:
    with pytest.raises(ValidationError, match=words):
        uploaded(content(), name="leads.xlsx")

    assert not Import.objects.exists()
    assert not Lead.objects.exists()


def test_a_reader_that_wants_too_much_memory_is_ended_by_its_bound(tmp_path: Path) -> None:
    source = tmp_path / "leads.xlsx"
    source.write_bytes(book(sparse))

    ended = subprocess.run(
        [sys.executable, "-m", workbooks.READER, str(source), str(tmp_path / "out"), ""],
        capture_output=True,
        check=False,
    )

    assert ended.returncode != 0
    assert b"memory allocation" in ended.stderr


def test_an_open_document_comes_in_too() -> None:
    manifest = (
        b'<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry '
        b'manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>'
    )
    cells = "".join(
        f'<table:table-row><table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'
        "</table:table-row>"
        for text in ("email", "a@x.example")
    )
    content = (
        '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="Leads">{cells}</table:table></office:spreadsheet></office:body></office:document-content>'
    ).encode()
    parts = {
        "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
        "META-INF/manifest.xml": manifest,
        "content.xml": content,
    }

    assert counts(bring(packed(parts))) == (1, 0, 0, 0)


def test_nothing_but_the_text_is_left_in_the_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    with pytest.raises(NotText):
        workbooks.read(io.BytesIO(LOCKED))
    workbooks.read(io.BytesIO(book(LEADS))).text.close()

    assert list(tmp_path.iterdir()) == []
