"""A marketer brings files: they are read, mapped, checked and brought in; bad rows come back, and a whole import may go back."""

import re
import subprocess
import sys
from pathlib import Path

import xlsxwriter  # type: ignore[import-untyped]  # it has no types
from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESKTOP, PHONE, Open, is_scrolling_sideways, violations
from tests.running.workspaces import PATIENCE_SECONDS, ROOT, Workspace, environment

FAIR = """\
Lead Number;Vorname;Nachname;E-Mail;Firma;Stand;Erstellt;Wert
F-1;Åsa;Øvergård;asa@journey.example;Journey Verft;Neu;03.11.2026;12.500,50
F-2;Memet;Yildiz;memet@journey.example;Journey Verft;Neu;04.11.2026;900,00
F-3;Nobody;Reachable;not-an-address;Journey Verft;Neu;05.11.2026;
"""


def bring(page: Page, path: Path) -> None:
    page.goto("/imports/new/")
    page.get_by_label("File", exact=True).set_input_files(path)
    page.get_by_role("button", name="Look at it").click()
    page.get_by_role("button", name="These rows look right").click()
    page.get_by_label("Recognise leads by").select_option("External id")
    page.get_by_role("button", name="Check all rows").click()


def test_a_file_from_a_fair_becomes_leads_and_the_same_file_again_changes_nothing(
    open_page: Open, tmp_path: Path
) -> None:
    fair = tmp_path / "fair.csv"
    fair.write_text(FAIR, encoding="cp1252", errors="replace")
    page = open_page("marketer@demo.example")

    bring(page, fair)
    expect(page.get_by_role("heading", level=2).first).to_contain_text("2 would come in and 1 would be refused")
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    for words in ("Åsa Øvergård", "makes a lead", "is refused"):
        part = page.get_by_role("cell", name=words).first
        part.scroll_into_view_if_needed()
        expect(part).to_be_in_viewport(ratio=1)
    page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
    page.get_by_role("button", name="Bring them in").click()
    expect(page.get_by_role("heading", level=2).first).to_contain_text("2 came in and 1 was refused")
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("refused", re.IGNORECASE)).first.click()
    assert "not-an-address" in download.value.path().read_text(encoding="utf-8-sig")

    page.goto("/leads/?q=asa+overgard")
    page.get_by_role("link", name="Åsa Øvergård").first.click()
    expect(page.get_by_role("region", name="What happened")).to_contain_text("fair.csv, line 2")
    expect(page.get_by_role("complementary", name="Who")).to_contain_text("€12,500.50")

    bring(page, fair)
    expect(page.get_by_role("main")).to_contain_text("0 created")
    expect(page.get_by_role("main")).to_contain_text("2 left as they are")


HUBSPOT = ("Record ID", "First Name", "Last Name", "Email", "Lifecycle Stage", "Create Date", "Unsubscribed from all email",
           "Number of Pageviews", "Contact owner", "Favourite colour")  # fmt: skip
CONTACTS = (
    (
        9001,
        "Gaëlle",
        "Perrin",
        "gaelle@export.example",
        "Marketing Qualified Lead",
        "2026-03-12 09:14",
        True,
        12,
        "",
        "blue",
    ),
    (9002, "Nobody", "Reachable", "not-an-address", "Lead", "2026-03-13 10:00", False, 3, "", "red"),
)


def spreadsheet(path: Path) -> Path:
    """An export as a spreadsheet, behind a sheet that says what it is."""
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("About").write_column(0, 0, ["An export of all contacts", "of the twelfth"])
        sheet = book.add_worksheet("Contacts")
        for number, cells in enumerate((HUBSPOT, *CONTACTS)):
            sheet.write_row(number, 0, cells)
    return path


def upload(page: Page, path: Path) -> None:
    page.goto("/imports/new/")
    page.get_by_label("File", exact=True).set_input_files(path)
    page.get_by_role("button", name="Look at it").click()


def assert_good_to_use(page: Page) -> None:
    """What the pages of an import owe everybody, wide and narrow."""
    for size in (PHONE, DESKTOP):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        assert violations(page) == []
        assert not is_scrolling_sideways(page)


def test_an_export_comes_in_as_a_spreadsheet_and_its_bad_row_comes_back_and_in_again(
    open_page: Open, tmp_path: Path
) -> None:
    export = spreadsheet(tmp_path / "hubspot.xlsx")
    page = open_page("marketer@demo.example")

    upload(page, export)
    page.get_by_label("Sheet").select_option(label="Contacts (3 rows)")
    page.get_by_role("button", name="Read it again").click()
    expect(page.get_by_role("main")).to_contain_text("gaelle@export.example")
    assert_good_to_use(page)
    page.get_by_role("button", name="These rows look right").click()
    expect(page.get_by_role("main")).to_contain_text("These are the columns of an export from HubSpot (contacts).")
    expect(page.get_by_label("Unsubscribed from all email")).to_have_value("optout.mail")
    expect(page.get_by_label("Number of Pageviews")).to_have_value("skip")
    page.get_by_label("Favourite colour", exact=True).select_option(label="City")
    assert_good_to_use(page)
    page.get_by_role("button", name="Check all rows").click()
    page.get_by_role("button", name="Bring them in").click()
    expect(page.get_by_role("heading", level=2).first).to_contain_text("1 came in and 1 was refused")
    assert_good_to_use(page)
    result = page.url

    with page.expect_download() as download:
        page.get_by_role("link", name="Refused rows, with reasons").click()
    text = download.value.path().read_text(encoding="utf-8-sig")
    mended = tmp_path / "mended.csv"
    mended.write_text(text.replace("not-an-address", "bo@export.example"), encoding="utf-8")
    upload(page, mended)
    page.get_by_role("button", name="These rows look right").click()
    expect(page.get_by_role("main")).to_contain_text("These are rows that were refused from hubspot.xlsx")
    expect(page.get_by_label("Favourite colour", exact=True)).to_have_value("city")
    page.get_by_role("button", name="Check all rows").click()
    page.get_by_role("button", name="Bring them in").click()
    expect(page.get_by_role("heading", level=2).first).to_contain_text("The only row came in.")
    page.goto(result)
    expect(page.get_by_role("main")).to_contain_text("mended.csv brought 1 of these rows in.")


def test_columns_mean_the_next_time_what_was_chosen_for_them(open_page: Open, tmp_path: Path) -> None:
    monthly = tmp_path / "monthly.csv"
    monthly.write_text("E-mail,Booth\nfi@monthly.example,B7\n")
    page = open_page("marketer@demo.example")
    upload(page, monthly)
    page.get_by_role("button", name="These rows look right").click()
    page.get_by_label("Booth", exact=True).select_option(label="City")
    page.get_by_role("button", name="Check all rows").click()
    expect(page.get_by_role("button", name="Bring them in")).to_be_visible()

    monthly.write_text("booth,E-MAIL\nB9,su@monthly.example\n")
    upload(page, monthly)
    page.get_by_role("button", name="These rows look right").click()
    expect(page.get_by_role("main")).to_contain_text("The columns mean what you chose for them on")
    expect(page.get_by_label("booth", exact=True)).to_have_value("city")
    assert_good_to_use(page)

    page.get_by_role("button", name="Begin with the suggestions instead").click()
    expect(page.get_by_role("main")).not_to_contain_text("The columns mean what you chose")
    expect(page.get_by_label("booth", exact=True)).to_have_value("new")


def test_an_import_is_taken_back_but_for_a_lead_that_somebody_called(open_page: Open, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong-list.csv"
    wrong.write_text(
        "Lead Number,First name,Last name,E-mail\nW-1,Wrong,One,one@wrong.example\nW-2,Right,Two,two@wrong.example\n"
    )
    page = open_page("marketer@demo.example")
    bring(page, wrong)
    page.get_by_role("button", name="Bring them in").click()
    expect(page.get_by_role("heading", level=2).first).to_contain_text("2 came in")
    result = page.url
    page.goto("/leads/?q=two@wrong.example")
    page.get_by_role("link", name="Right Two").first.click()
    page.get_by_role("link", name="Log call").click()
    sheet = page.get_by_role("dialog")
    sheet.get_by_label("What was said").fill("She wants an offer")
    sheet.get_by_role("button", name="Save").click()
    expect(page.get_by_role("region", name="What happened")).to_contain_text("She wants an offer")

    page.goto(result)
    page.get_by_role("link", name="Take this import back").click()
    expect(page.get_by_role("heading", level=2).first).to_contain_text("1 lead would be removed.")
    assert_good_to_use(page)
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_role("heading", level=2).first).to_contain_text("1 lead was removed.")
    expect(page.get_by_role("row", name="Right Two")).to_contain_text("worked on it since")
    assert_good_to_use(page)

    page.goto("/leads/?q=wrong.example")
    expect(page.get_by_role("link", name="Right Two").first).to_be_visible()
    expect(page.get_by_role("link", name="Wrong One")).to_have_count(0)


# Kills whoever works on the file `name` as soon as some of its rows are in, and lets the lease of the dead worker run out.
KILL_MIDWAY = """
import os, signal, time
from django.utils import timezone
from leads.imports.models import Import
from workspace.jobs.models import Job
print("watching", flush=True)
begun = Import.objects.filter(name={name!r}, created_count__gt=0)
while not begun.exists():
    time.sleep(0.01)  # rows that come in tell nobody; one has to look
for number in {workers}:
    os.kill(number, signal.SIGKILL)
job = Job.objects.get(pk=begun.get().job_id)
print("in so far:", begun.get().created_count, job.state, flush=True)
Job.objects.filter(pk=job.pk, state="running").update(lease_until=timezone.now())
"""
ROWS = 12_000


def killing_midway(workspace: Workspace, name: str) -> "subprocess.Popen[str]":
    """A process beside that is ready to kill the workers of the workspace while the file `name` comes in."""
    workers = [child.pid for child in workspace.child("celery --quiet --app smarketing worker").children()]
    code = KILL_MIDWAY.format(name=name, workers=workers)
    watching = subprocess.Popen(
        [sys.executable, "manage.py", "shell", "-v0", "-c", code],
        cwd=ROOT, env=environment(workspace.data_dir), stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert watching.stdout is not None
    assert watching.stdout.readline() == "watching\n"
    return watching


def test_an_import_whose_worker_is_killed_goes_on_and_is_taken_back_as_a_whole(
    open_page: Open, workspace: Workspace, tmp_path: Path
) -> None:
    large = tmp_path / "large-list.csv"
    rows = (f"L-{number},Large,Row {number},row{number}@large.example" for number in range(ROWS))
    large.write_text("\n".join(["Lead Number,First name,Last name,E-mail", *rows]))
    page = open_page("marketer@demo.example")
    bring(page, large)
    watching = killing_midway(workspace, large.name)

    page.get_by_role("button", name="Bring them in").click()
    killed, _nothing = watching.communicate(timeout=PATIENCE_SECONDS)
    so_far = re.fullmatch(r"in so far: (\d+) running\n", killed)
    assert so_far is not None, killed
    assert 0 < int(so_far[1]) < ROWS
    expect(page.get_by_role("heading", level=2).first).to_contain_text(
        "12,000 came in and 0 were refused", timeout=PATIENCE_SECONDS * 1_000
    )
    page.get_by_role("link", name="Take this import back").click()
    expect(page.get_by_role("heading", level=2).first).to_contain_text("12,000 leads would be removed.")
    page.get_by_role("button", name="Take it back").click()

    expect(page.get_by_role("heading", level=2).first).to_contain_text(
        "12,000 leads were removed.", timeout=PATIENCE_SECONDS * 1_000
    )
    page.goto("/leads/?q=large.example")
    expect(page.get_by_role("main")).to_contain_text("No lead")
