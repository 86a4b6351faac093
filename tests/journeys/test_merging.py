"""Keeping it clean: a duplicate is noticed while it is typed, merged fact by fact, and parted again."""

import re

from playwright.sync_api import expect

from tests.journeys.conftest import PHONE, Open, is_scrolling_sideways, violations


def test_a_duplicate_is_noticed_merged_on_the_phone_and_parted_again(open_page: Open) -> None:
    page = open_page("rep@demo.example")
    page.goto("/leads/new/")
    page.get_by_label("First name").press_sequentially("Hilde")
    page.get_by_label("Last name").press_sequentially("Brandsma")
    expect(page.get_by_role("status").filter(has_text="It may be here already")).to_contain_text("the same name")
    page.get_by_label("E-mail").fill("hilde.private@brandsma.example")
    page.get_by_label("Job title").fill("Owner")
    page.get_by_role("button", name=re.compile("Create lead")).click()
    page.wait_for_url(re.compile(r"/leads/\d+/$"))
    twin = page.url

    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    page.get_by_role("link", name="Merge with another lead").click()
    page.get_by_role("link", name="Compare with Hilde Brandsma").click()
    page.get_by_role("radiogroup", name="E-mail").get_by_role("radio").last.check()
    assert violations(page) == []
    assert not is_scrolling_sideways(page)
    page.get_by_role("button", name="Merge").click()

    expect(page).to_have_url(twin)
    who = page.get_by_role("complementary", name="Who", exact=True)
    expect(who).not_to_contain_text("hilde.private@brandsma.example")
    page.get_by_role("link", name="Merge with another lead").click()
    page.get_by_role("button", name="Undo").click()
    expect(page).to_have_url(twin)
    expect(who).to_contain_text("hilde.private@brandsma.example")
