"""Files as others write them: encodings, delimiters, ragged, huge and hostile ones. Each comes in or says why not."""

import csv
import io
import tracemalloc

import pytest
from django.core.exceptions import ValidationError

from leads.imports.reading import layout, texts
from leads.imports.reading.rows import LONGEST_ROW, Place, Rows
from leads.imports.tests.bringing import bring, counts, only_lead, refused, uploaded
from leads.records.models import Lead

pytestmark = pytest.mark.django_db

GERMAN = (
    "E-Mail;Vorname;Nachname;Firma\njörg@müller.example;Jörg;Straßer;Grün & Söhne\nzoë@x.example;Zoë;Öz;Café Æther\n"
)
PLAIN_GERMAN = GERMAN.replace("jörg@müller", "joerg@mueller").replace("zoë@", "zoe@")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "mac-roman"])
def test_a_file_is_read_in_the_encoding_it_was_written_in(encoding: str) -> None:
    done = bring(PLAIN_GERMAN.encode(encoding))

    assert counts(done) == (2, 0, 0, 0)
    lead = only_lead(email="joerg@mueller.example")
    assert (lead.first_name, lead.last_name, lead.company_name) == ("Jörg", "Straßer", "Grün & Söhne")


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        (
            "shift_jis",
            "メール,名,姓,会社\na@x.example,太郎,山田,株式会社東京商事\nb@x.example,花子,鈴木,日本電気株式会社\n",
        ),
        (
            "cp1251",
            "email,имя,фамилия,компания\na@x.example,Наталья,Кузнецова,Северная верфь\nb@x.example,Пётр,Иванов,Заря\n",
        ),
    ],
)
def test_letters_of_other_scripts_are_guessed_from_the_bytes(encoding: str, text: str) -> None:
    import_ = uploaded((text * 1).encode(encoding))

    assert import_.encoding == encoding


def test_a_wrong_byte_in_a_proper_file_refuses_its_row_only() -> None:
    good = "".join(f"p{n}@x.example,Jürgen\n" for n in range(30))
    content = b"email,first_name\n" + good.encode() + b"bad@x.example,J\xfcrgen\n" + "last@x.example,Zoë\n".encode()

    done = bring(content)

    assert (done.encoding, counts(done)) == ("utf-8", (31, 0, 0, 1))
    assert "cannot be read in the chosen encoding" in refused(done)[0]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends_are_found(delimiter: str, line_end: str) -> None:
    table = [["email", "name", "city"], ["a@x.example", "Ada Lovelace", "London"], ["b@x.example", "Bo Ek", "Åre"]]
    done = bring(line_end.join(delimiter.join(row) for row in table) + line_end)

    assert (done.delimiter, counts(done)) == (delimiter, (2, 0, 0, 0))
    assert only_lead(email="a@x.example").last_name == "Lovelace"


def test_cells_may_hold_delimiters_quotation_marks_and_line_ends() -> None:
    done = bring('email,last_name,job_title\na@x.example,"O""Hara, Jr","Head of\nsales"\nb@x.example,Next,\n')

    assert counts(done) == (2, 0, 0, 0)
    lead = only_lead(email="a@x.example")
    assert (lead.last_name, lead.job_title) == ('O"Hara, Jr', "Head of sales")


def test_short_rows_are_filled_up_and_long_ones_come_back() -> None:
    done = bring("email,first_name,city,\na@x.example\nb@x.example,Bo,Ulm,\nc@x.example,Cy,Bonn,,extra\n")

    assert counts(done) == (2, 0, 0, 1)
    assert next(csv.reader(refused(done)))[:2] == ["4", "This row has 5 cells; the header has 4."]
    assert next(csv.reader(refused(done)))[2:] == ["c@x.example", "Cy", "Bonn", "", "extra"]


def test_repeated_and_empty_headers_get_names_of_their_own() -> None:
    assert layout.name_columns(["email", "note", "note", "", "note (2)"]) == [
        "email", "note", "note (3)", "Column 4", "note (2)",
    ]  # fmt: skip

    done = bring("email,note,note,\na@x.example,one,two,\n")

    assert only_lead(email="a@x.example").custom == {"note": "one", "note_2": "two"}
    assert counts(done) == (1, 0, 0, 0)


def test_a_header_only_brings_nothing_in_and_says_so() -> None:
    assert counts(bring("email,first_name\n")) == (0, 0, 0, 0)


def test_titles_above_a_table_are_passed_over() -> None:
    done = bring("Export of 2026-11-01\n\nemail,first_name,city\na@x.example,Ada,London\n")

    assert (done.header_line, counts(done)) == (3, (1, 0, 0, 0))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("email,Name,Name,,\nd1@x.example,Ann,Smith,x,y\n", 1),
        ("Leads of the fair,,,,\nemail,Name,City,Own,Note\nd1@x.example,Ann,Ulm,x,y\n", 2),
        ("Exported,Mara,,,\nemail,Name,City,Own,Note\nd1@x.example,Ann,Ulm,x,y\n", 2),
        ("Exported,Mara\nemail,Name,City\nd1@x.example,Ann,Ulm\n", 2),
    ],
)
def test_the_last_columns_of_a_header_may_have_no_name(text: str, line: int) -> None:
    assert uploaded(text).header_line == line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("email,Name,City\na@x.example,Ann\nb@x.example,Bo,Ulm,too,much\nc@x.example\n", 1),
        ("Leads of the fair\nemail,Name,City\na@x.example,Ann,Ulm,too,much\nb@x.example,Bo\n", 2),
        ("a@x.example,Ann,Ulm\nb@x.example,Bo,Rome\n", 1),
    ],
)
def test_a_row_with_an_address_in_it_is_no_header_while_there_is_another_above(text: str, line: int) -> None:
    assert uploaded(text).header_line == line


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\n\r\n\n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b" , \n,,\n", "empty"),
        (b"PK\x03\x04\x14\x00\x06\x00" + b"\x00" * 60, "neither a table as text nor a spreadsheet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 60, "neither a table as text nor a spreadsheet"),
        (b"%PDF-1.7\n", "neither a table as text nor a spreadsheet"),
        (bytes(range(32)) * 40, "neither a table as text nor a spreadsheet"),
    ],
)
def test_what_is_no_text_is_refused_with_what_to_do_instead(content: bytes, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        uploaded(content)


def test_nul_bytes_and_other_controls_are_left_out() -> None:
    bring(b"email,first_name\na@x.example,A\x00d\x07a\n" + b"b@x.example,Bo\n" * 1)

    assert only_lead(email="a@x.example").first_name == "Ada"


def test_a_name_of_ten_thousand_letters_is_refused_at_its_field() -> None:
    done = bring(f"email,first_name\na@x.example,{'x' * 10_000}\nb@x.example,Bo\n")

    assert counts(done) == (1, 0, 0, 1)
    assert "First name: This has 10000 characters; 120 are possible." in refused(done)[0]


def test_emoji_and_right_to_left_names_are_kept_as_they_are() -> None:
    bring("email,first_name,last_name\na@x.example,محمد,العربي\nb@x.example,🦊 Zoë,שָׁלוֹם\n")

    assert only_lead(email="a@x.example").last_name == "العربي"
    assert (only_lead(email="b@x.example").first_name, only_lead(email="b@x.example").last_name) == ("🦊 Zoë", "שָׁלוֹם")


def test_formulas_are_text_in_leads_and_harmless_in_the_file_of_refused_rows() -> None:
    formula = '=HYPERLINK("http://evil.example";"x")'
    quoted = '"' + formula.replace('"', '""') + '"'
    done = bring(f"email,last_name,phone\na@x.example,{quoted},+49 30 123456\nno address,{quoted},+49 30 123457\n")

    assert only_lead(email="a@x.example").last_name == formula
    row = next(csv.reader([refused(done)[0]]))
    assert row[-2:] == ["'" + formula, "+49 30 123457"]


@pytest.mark.parametrize("rest", ["", "b@x.example,hm\nc@x.example,so\n"])
def test_a_quotation_mark_left_open_near_the_end_swallows_no_row(rest: str) -> None:
    text = io.BytesIO(b'email,note\na@x.example,5" pipe\n"open@x.example,never closed\n' + rest.encode())

    _header, pipe, broken, *others = Rows(text, ",")

    assert (pipe.cells, pipe.problem) == (["a@x.example", '5" pipe'], "")
    assert (broken.line, "never closed" in broken.problem) == (3, True)
    assert [row.cells for row in others] == [["b@x.example", "hm"], ["c@x.example", "so"]][: len(others)]
    assert len(others) == rest.count("\n")


def test_a_quotation_mark_that_is_never_closed_costs_its_row_only() -> None:
    rows = "".join(f"p{n}@x.example,{'y' * 1000}\n" for n in range(1, LONGEST_ROW // 1000 + 10))
    text = io.BytesIO(b'email,note\n"open@x.example,never closed\n' + rows.encode())

    read = list(Rows(text, ","))

    assert "never closed" in read[1].problem
    assert (read[2].line, read[2].cells[0]) == (3, "p1@x.example")
    assert len(read) == 2 + rows.count("\n")


def test_a_line_without_end_is_skipped_in_pieces() -> None:
    text = io.BytesIO(b"email,note\n" + b"z" * (3 * LONGEST_ROW) + b"\nb@x.example,ok\n")

    read = list(Rows(text, ","))

    assert "more than a million characters" in read[1].problem
    assert read[2].cells == ["b@x.example", "ok"]


def test_reading_goes_on_at_any_place_as_if_it_had_not_stopped() -> None:
    content = 'a,b\r\n1,"x\ny"\r\n\r\n2,ü\r\n"3","""q"""\r\n'.encode("utf-16")
    place, resumed = Place(), []
    with texts.as_utf8(io.BytesIO(content), "utf-16-le") as text:
        whole = list(Rows(text, ","))
        for _ in whole:
            rows = Rows(text, ",", place)
            resumed.append(next(rows))
            place = rows.place

    assert resumed == whole
    assert [row.line for row in whole] == [1, 2, 5, 6]


def test_a_large_file_is_read_with_flat_memory() -> None:
    line = b"p@x.example,Some Name," + b"A city of some length, " * 40 + b"\n"
    source = io.BytesIO(b"email,name,city\n" + line * (30_000_000 // len(line)))
    tracemalloc.start()
    with texts.as_utf8(source, "utf-8") as text:
        rows = sum(1 for _ in Rows(text, ","))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert rows > 30_000
    assert peak < 12_000_000


def test_nothing_is_left_of_a_file_that_is_no_text() -> None:
    with pytest.raises(ValidationError):
        uploaded(b"")
    assert not Lead.objects.exists()
