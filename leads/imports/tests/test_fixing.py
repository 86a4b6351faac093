"""Refused rows come back mended: their file is known, read as the one that they came from, and told there."""

import csv
import io
from datetime import timedelta

import pytest
import xlsxwriter  # type: ignore[import-untyped]  # it has no types
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from leads.imports import fixing
from leads.imports.mapping import SKIP, Mapping
from leads.imports.models import Import
from leads.imports.suggesting import Survey, Surveyed
from leads.imports.tests.bringing import agreed, bring, counts, only_lead, run, uploaded
from leads.records.models import Lead
from leads.records.tests.factories import person
from workspace.people.models import Person
from workspace.people.roles import Role

pytestmark = pytest.mark.django_db

FAIR = (
    "Mail;Wert;Seit;Phase\nada@x.example;1.200,50;03.04.2026;heiß\nno address;900,00;04.04.2026;kalt\n"
    "bo@x.example;viel;05.04.2026;kalt\n"
)
COLUMNS = {"Mail": "email", "Wert": "value", "Seit": "created_at", "Phase": "stage"}


@pytest.fixture
def mara() -> Person:
    return person("Mara Lindholm", Role.MARKETER)


@pytest.fixture
def fair(mara: Person) -> Import:
    """Mara's file, of which two rows were refused."""
    until = timezone.localdate() + timedelta(days=20)
    return bring(
        FAIR, COLUMNS, by=mara, values={"Phase": {"heiß": "sql", "kalt": "new"}}, for_all={"source": "Fair"},
        sort_by=mara, sort_until=until,
    )  # fmt: skip


def refused_text(import_: Import) -> str:
    with import_.refused_file.open("rb") as file:
        text: str = file.read().decode("utf-8-sig")
    return text


def test_the_file_of_refused_rows_says_of_which_import_they_are(fair: Import) -> None:
    header = next(csv.reader(io.StringIO(refused_text(fair)), delimiter=";"))

    assert header == [f"Line in the file (import {fair.pk})", "Why it was refused", "Mail", "Wert", "Seit", "Phase"]


def test_mended_rows_are_read_as_the_file_was_and_only_they_come_in(fair: Import, mara: Person) -> None:
    mended = refused_text(fair).replace("no address", "cy@x.example").replace("viel", "700,00")

    fix = uploaded(mended, name="anything.csv", by=mara)

    assert (fix.fixes, fix.match, fix.mode, fix.sort_by, fix.sort_until) == (
        fair, fair.match, fair.mode, mara, fair.sort_until,
    )  # fmt: skip
    mapping = Mapping.from_json(fix.mapping)
    assert [column.target for column in mapping.columns] == [SKIP, SKIP, "email", "value", "created_at", "stage"]
    assert mapping.for_all == {"source": "Fair"}
    done = run(fix)
    assert counts(done) == (2, 0, 0, 0)
    assert Lead.objects.count() == 3
    cy = only_lead(email="cy@x.example")
    assert (str(cy.value), cy.created_at.date().isoformat(), str(cy.source)) == ("900.00", "2026-04-04", "Fair")


def test_what_is_refused_again_comes_back_with_the_same_columns_once(fair: Import, mara: Person) -> None:
    again = run(uploaded(refused_text(fair).replace("viel", "700,00"), by=mara))

    rows = list(csv.reader(io.StringIO(refused_text(again)), delimiter=";"))

    assert counts(again) == (1, 0, 0, 1)
    assert rows[0] == [f"Line in the file (import {again.pk})", "Why it was refused", "Mail", "Wert", "Seit", "Phase"]
    assert rows[1][2:] == ["no address", "900,00", "04.04.2026", "kalt"]
    assert uploaded(refused_text(again), by=mara).fixes == again


def test_mended_rows_may_come_back_as_a_spreadsheet(fair: Import, mara: Person) -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        for number, cells in enumerate(csv.reader(io.StringIO(refused_text(fair)), delimiter=";")):
            sheet.write_row(number, 0, [cell.replace("no address", "cy@x.example") for cell in cells])

    fix = uploaded(out.getvalue(), name="fixed.xlsx", by=mara)

    assert (fix.fixes, counts(run(fix))) == (fair, (1, 0, 0, 1))


def test_the_columns_are_left_out_also_where_the_import_is_not_known(mara: Person) -> None:
    import_ = uploaded("Line in the file (import 99999999),Why it was refused,email\n3,no,a@x.example\n", by=mara)

    assert import_.fixes is None
    assert [column.target for column in Mapping.from_json(import_.mapping).columns] == [SKIP, SKIP, "email"]


def test_who_may_not_look_at_imports_learns_nothing_of_their_columns(fair: Import) -> None:
    stranger = person("Rita Reader", Role.READ_ONLY)

    assert not Import.objects.visible_to(stranger).exists()
    fix = Import(by=stranger, mapping={"columns": [{"name": f"Line in the file (import {fair.pk})"}]})
    assert fixing.link(fix, Survey([Surveyed()])) is False
    assert fix.fixes is None


def test_a_time_for_sorting_that_is_over_is_asked_for_again(fair: Import, mara: Person) -> None:
    Import.objects.filter(pk=fair.pk).update(sort_until=timezone.localdate() - timedelta(days=1))

    fix = uploaded(refused_text(fair), by=mara)

    assert (fix.sort_by, fix.sort_until) == (mara, None)


def test_both_imports_tell_of_each_other(client: Client, fair: Import, mara: Person) -> None:
    fix = uploaded(refused_text(fair).replace("viel", "700,00"), name="mended.csv", by=mara)
    client.force_login(mara)
    Import.objects.filter(pk=fix.pk).update(state=Import.State.MAP)
    fix.refresh_from_db()

    columns = client.get(reverse("imports:map", args=[fix.pk])).text
    run(fix)
    first, second = (client.get(reverse("imports:run", args=[pk])).text for pk in (fair.pk, fix.pk))

    assert "These are rows that were refused from leads.csv: they are read as that file was." in columns
    assert "mended.csv</a> brought 1 of these rows in." in first
    assert "Rows of leads.csv that were refused there, mended." in second


def test_an_import_that_fixes_another_can_begin_with_the_suggestions(
    client: Client, fair: Import, mara: Person
) -> None:
    fix = agreed(refused_text(fair), by=mara)
    client.force_login(mara)

    client.post(reverse("imports:suggest", args=[fix.pk]))

    mapping = Mapping.from_json(Import.objects.get(pk=fix.pk).mapping)
    assert mapping.for_all == {}
    assert [column.target for column in mapping.columns][:2] == [SKIP, SKIP]
