"""Every page, light and dark, wide and narrow: axe finds nothing, and nothing scrolls sideways."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.journeys.conftest import DESKTOP, NARROW, PHONE, Open, is_scrolling_sideways, violations

# Each page with who opens it; the first lead, company and import are found by their lists.
PAGES = {
    "my-day": ("rep@demo.example", "/"),
    "my-day-marketer": ("marketer@demo.example", "/"),
    "leads": ("rep@demo.example", "/leads/"),
    "leads-none": ("rep@demo.example", "/leads/?q=nobodyiscalledthis"),
    "leads-saved": ("rep@demo.example", "/leads/ >> text=Active this month"),
    "leads-columns": ("rep@demo.example", "/leads/columns/"),
    "saved-lists": ("rep@demo.example", "/leads/segments/"),
    "saved-list-new": ("rep@demo.example", "/leads/segments/new/?city=Lyon"),
    "lead": ("rep@demo.example", "/leads/?q=vollmer >> text=Anke Vollmer"),
    "lead-new": ("rep@demo.example", "/leads/new/"),
    "lead-bin": ("rep@demo.example", "/leads/bin/"),
    "companies": ("rep@demo.example", "/companies/"),
    "company": ("rep@demo.example", "/companies/?q=ostertal >> text=Brauhaus Ostertal"),
    "imports": ("marketer@demo.example", "/imports/"),
    "import-new": ("marketer@demo.example", "/imports/new/"),
    "people": ("admin@demo.example", "/people/"),
    "settings": ("rep@demo.example", "/settings/"),
    "security": ("rep@demo.example", "/settings/security/"),
    "sign-in-rules": ("admin@demo.example", "/settings/sign-in/"),
    "tokens": ("rep@demo.example", "/settings/tokens/"),
    "own-fields": ("admin@demo.example", "/settings/own-fields/"),
    "own-field-new": ("admin@demo.example", "/settings/own-fields/new/company/"),
    "webhooks": ("admin@demo.example", "/settings/webhooks/"),
    "webhook-new": ("admin@demo.example", "/settings/webhooks/new/"),
    "notices": ("marketer@demo.example", "/notices/"),
    "notices-preferences": ("rep@demo.example", "/settings/notices/"),
    "notices-stop-gone": ("", "/t/notices/forged/"),
    "promises": ("marketer@demo.example", "/commitments/?tab=ours"),
    "promises-steps": ("rep@demo.example", "/commitments/?tab=steps"),
    "promise": ("marketer@demo.example", "/commitments/?tab=mine >> text=Answer the objection"),
    "promise-new": ("revenue@demo.example", "/commitments/new/"),
    "let-go": ("admin@demo.example", "/people/ >> text=Let go… >> nth=0"),
    "working-time": ("sales-lead@demo.example", "/settings/working-time/"),
    "calendar": ("rep@demo.example", "/settings/working-time/ >> text=The workspace"),
    "calendar-edit": ("revenue@demo.example", "/settings/working-time/ >> a[href$='/edit/']"),
    "absence-new": ("rep@demo.example", "/settings/working-time/absences/"),
    "absence-of-others": ("sales-lead@demo.example", "/settings/working-time/absences/"),
    "sign-in": ("", "/accounts/login/"),
    "not-found": ("rep@demo.example", "/leads/999999999/"),
}


LOOKS = [(DESKTOP, False), (DESKTOP, True), (PHONE, True), (PHONE, False)]


@pytest.mark.parametrize("name", sorted(PAGES))
def test_everybody_can_use_the_page(open_page: Open, name: str) -> None:
    email, place = PAGES[name]
    page = open_page(email)
    url, _arrow, link = place.partition(" >> ")
    page.goto(url)
    if link:
        page.locator(link).first.click()
        page.wait_for_load_state()

    for size, dark in LOOKS:
        show(page, size, dark=dark)
        take_picture(page, name)
        assert violations(page) == [], f"{size}, {'dark' if dark else 'light'}"
        assert not is_scrolling_sideways(page), f"{size}"
    page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    assert not is_scrolling_sideways(page)


def show(page: Page, size: tuple[int, int], *, dark: bool) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.emulate_media(color_scheme="dark" if dark else "light", reduced_motion="reduce")
    page.reload()


def take_picture(page: Page, name: str) -> None:
    """A screenshot in the folder that `PICTURES` names, if it does: for people who judge the look."""
    if folder := os.environ.get("PICTURES"):
        width = page.evaluate("innerWidth")
        theme = page.evaluate("document.documentElement.dataset.bsTheme")
        page.screenshot(path=Path(folder) / f"{name}-{width}-{theme}.png", full_page=True)
