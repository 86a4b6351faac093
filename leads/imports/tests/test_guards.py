"""What keeps spreadsheets from running a cell of refused rows is no part of the text when the rows come in again."""

import csv
import io
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.imports.reading.guards import guarded, lifted
from leads.imports.tests.bringing import bring, counts
from leads.records.models import Lead


@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-2+cmd|' /C calc'!A0", "'-2+cmd|' /C calc'!A0"),
        ("＝1+1", "'＝1+1"),
        (' \t"=1+1', " \t\"'=1+1"),
        ("Mill Ltd;=1+1;x", "Mill Ltd;'=1+1;x"),
        ("Mill Ltd\t=1+1", "Mill Ltd\t'=1+1"),
        ("Mill Ltd\n=1+1", "Mill Ltd\n'=1+1"),
        ('Mill Ltd;"=1+1', "Mill Ltd;\"'=1+1"),
        ("-5", "-5"),
        ("-1,5", "-1,5"),
        ("+49 (30) 55-01", "+49 (30) 55-01"),
        ("+49 30 1, +49 30 2", "+49 30 1, +49 30 2"),
        ("O'Hara - Smith = one", "O'Hara - Smith = one"),
        ("a@x.example;b@x.example", "a@x.example;b@x.example"),
    ],
)
def test_a_cell_begins_a_formula_at_no_delimiter_of_any_spreadsheet_and_means_the_same_again(
    cell: str, safe: str
) -> None:
    assert guarded(cell) == safe
    assert lifted(safe) == cell


# Letters that part cells, begin formulas, or are put before them.
@given(st.text(alphabet=";,|\t\r\n \"'=+-@5x", max_size=30))
def test_whatever_stands_in_a_cell_no_part_of_it_is_a_formula_and_it_reads_the_same_again(cell: str) -> None:
    safe = guarded(cell)

    for part in re.split(r"[;,|\t\r\n]", safe):
        sign = part.strip(' "')[:1]
        assert sign not in {"=", "+", "-", "@"} or re.fullmatch(r'[+\- "\d]*', part), part
    assert lifted(safe) == lifted(cell)
    assert guarded(safe) == safe


@pytest.mark.parametrize("text", ["\t", "\t'", ",-", ',"', "-"])
def test_a_cell_made_to_take_long_is_walked_through_once(text: str) -> None:
    started = time.perf_counter()

    lifted(guarded(text * (100_000 // len(text))))

    assert time.perf_counter() - started < 2


@pytest.mark.django_db
@pytest.mark.parametrize(("delimiter", "written"), [(",", ","), (";", ";"), ("\t", ","), ("|", ",")])
def test_refused_rows_come_in_from_their_file_as_if_they_had_been_right_at_once(delimiter: str, written: str) -> None:
    notes = ["=1+1", "Mill Ltd;=1+1", "two\nlines\t-x", '"quoted", =y', "'t Hooft", "--None--", "+49 30 123"]
    table = io.StringIO()
    writer = csv.writer(table, delimiter=delimiter)
    writer.writerow(["email", "last_name", "job_title"])
    writer.writerows([f"{n} no address", "Lovelace", note] for n, note in enumerate(notes))
    done = bring(table.getvalue(), {"email": "email", "last_name": "last_name", "job_title": "job_title"})
    assert counts(done) == (0, 0, 0, len(notes))
    with done.refused_file.open("rb") as file:
        fixed = file.read().decode("utf-8-sig").replace(" no address", "@x.example")

    again = bring("\ufeff" + fixed, {"email": "email", "last_name": "last_name", "job_title": "job_title"})

    assert (again.delimiter, counts(again)) == (written, (len(notes), 0, 0, 0))
    titles = Lead.objects.order_by("email").values_list("job_title", flat=True)
    assert list(titles) == [" ".join(note.split()) for note in notes]
