"""A marketer brings a file from a fair: it is read, mapped, checked, and brought in by the worker; a bad row comes back."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Open

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
