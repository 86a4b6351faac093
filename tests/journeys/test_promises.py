"""Priya of marketing promises something to sales and keeps it with a word; Ruth gives sales shorter hours."""

import re

from playwright.sync_api import expect

from tests.journeys.conftest import PHONE, Open


def test_a_promise_is_made_kept_with_a_word_and_seen_by_the_other_side(open_page: Open) -> None:
    page = open_page("marketer@demo.example")
    page.goto("/commitments/")
    page.get_by_role("link", name="Promise something").click()
    page.get_by_label("What do you promise?").fill("A price list for the Nordic breweries")
    page.get_by_role("button", name="Promise").click()

    row = page.locator(".promise", has_text="A price list for the Nordic breweries")
    expect(row.locator(".clock")).to_have_attribute("data-state", "running")
    row.get_by_role("link", name=re.compile("^Done, with a word")).click()
    page.get_by_label("A word to whom it was owed").fill("Second page; prices hold until March.")
    page.get_by_role("button", name="Done").and_(page.locator("dialog[open] button")).click()
    expect(row.locator(".clock")).to_have_attribute("data-state", "kept")
    expect(page.get_by_role("status")).to_contain_text("Done: A price list")

    mara = open_page("rep@demo.example")
    mara.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    mara.goto("/commitments/?tab=theirs&state=kept")
    expect(mara.locator(".promise", has_text="A price list for the Nordic breweries")).to_contain_text(
        "prices hold until"
    )


def test_a_calendar_explains_itself_while_one_tries(open_page: Open) -> None:
    page = open_page("sales-lead@demo.example")
    page.goto("/settings/working-time/")
    page.get_by_role("link", name="The workspace").click()
    expect(page.locator("#tried")).to_contain_text("An offer made now")

    page.get_by_label("A clock that starts").fill("2026-12-24T17:30")
    page.get_by_label("and has working hours").fill("1.5")
    page.get_by_label("and has working hours").press("Enter")

    expect(page.locator("#tried")).to_contain_text("Monday 28 December 2026, 10:00")
    expect(page.locator("#tried")).to_contain_text("Christmas Day")
