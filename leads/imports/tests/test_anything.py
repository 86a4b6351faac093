"""Whatever stands in the cells: each row is created, updated, left or refused, and the numbers add up."""

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leads.imports.reading import encodings, layout
from leads.imports.reading.rows import Rows
from leads.imports.tests.bringing import bring, counts
from leads.records.models import Lead

pytestmark = pytest.mark.django_db

TARGETS = {
    "a": "email", "b": "external_id", "c": "phone", "d": "name", "e": "company", "f": "value", "g": "created_at",
    "h": "stage", "i": "tags", "j": "consent.mail", "k": "crm_url", "l": "new", "m": "owner", "n": "closed_at",
    "o": "next_step_at", "p": "company_domain", "q": "lost_reason",
}  # fmt: skip
CELL = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        [
            "",
            "",
            "",
            "a@x.example",
            "b@x.example",
            "7",
            "8",
            "Won",
            "lost",
            "New",
            "2020-01-02",
            "1,5",
            "-1",
            "+49 30 1234567",
        ]
    ),
)


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.lists(CELL, min_size=len(TARGETS), max_size=len(TARGETS)), min_size=1, max_size=8))
def test_every_row_has_an_end(rows: list[list[str]]) -> None:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(TARGETS)
    writer.writerows(rows)
    content = out.getvalue().encode("utf-8", "replace")
    before = Lead.objects.count()

    done = bring(content, TARGETS, match="external_id")

    read = sum(1 for _ in _rows(content)) - 1
    assert sum(counts(done)) == read
    assert Lead.objects.count() == before + done.created_count
    again = bring(content, TARGETS, match="external_id")
    assert (again.created_count, sum(counts(again))) == (0, read)


def _rows(content: bytes) -> Rows:
    return Rows(io.BytesIO(content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")), ",")


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused_as_no_text(content: bytes) -> None:
    try:
        encoding = encodings.detect(io.BytesIO(content))
    except encodings.NotText:
        return

    assert encoding in encodings.ENCODINGS
    delimiter = layout.sniff_delimiter(io.BytesIO(content))
    assert all(row.line >= 1 for row in Rows(io.BytesIO(content), delimiter))
