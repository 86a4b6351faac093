"""A rep shapes the list: columns by the keyboard alone, then a saved list, on the desktop and on the phone."""

import re

from playwright.sync_api import expect

from tests.journeys.conftest import DESKTOP, PHONE, Open, is_scrolling_sideways, violations


def test_a_rep_chooses_columns_by_keyboard_saves_the_list_and_departs_from_it(open_page: Open) -> None:
    page = open_page("ines@demo.example")
    page.goto("/leads/?city=Lyon&tab=all")

    page.get_by_role("link", name="Columns").press("Enter")
    sheet = page.get_by_role("dialog")
    sheet.get_by_role("checkbox", name="City").press("Space")
    sheet.get_by_role("button", name="Move City up").press("Enter")
    expect(sheet.get_by_role("button", name="Move City up")).to_be_focused()
    sheet.get_by_role("combobox", name="Width of City").press("w")
    assert violations(page) == []
    sheet.get_by_role("button", name="Show these columns").press("Enter")
    expect(page.get_by_role("columnheader", name="City")).to_be_visible()

    page.get_by_role("link", name="Save list").click()
    page.get_by_label("Name").fill("Lyon")
    page.get_by_role("radio", name="Everybody in Sales").check()
    page.get_by_role("button", name="Save").click()
    tab = page.get_by_role("navigation", name="Leads").get_by_role("link", name=re.compile("^Lyon"))
    expect(tab).to_have_attribute("aria-current", "page")

    page.get_by_role("link", name="Remove filter: City").click()
    expect(page.get_by_role("button", name="Save to “Lyon”")).to_be_visible()
    page.get_by_role("link", name="Undo changes").click()
    expect(page.get_by_role("link", name="Remove filter: City")).to_be_visible()

    for size in (PHONE, DESKTOP):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        assert violations(page) == []
        assert not is_scrolling_sideways(page)
    page.get_by_role("link", name="Rename, share or delete “Lyon”").click()
    page.get_by_role("link", name="Delete").click()
    page.get_by_role("button", name="Delete it").click()
    expect(page.get_by_text("The list “Lyon” is deleted.")).to_be_visible()
