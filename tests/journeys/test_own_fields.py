"""An own field from its definition to its retirement: Nora administers, the rep fills it in."""

from playwright.sync_api import Page, expect

from tests.journeys.conftest import PHONE, Open, is_scrolling_sideways, violations


def define_tier(page: Page) -> None:
    page.goto("/settings/own-fields/")
    page.get_by_role("link", name="New field : Leads").click()
    page.get_by_label("Name", exact=True).fill("Plant tier")
    expect(page.get_by_label("Choices")).to_be_hidden()  # a text has none
    page.get_by_label("Kind").select_option("One of several")
    page.get_by_label("Choices").fill("gold\nsilver")
    page.get_by_label("What it means").fill("By yearly volume")
    page.get_by_label("Lists can be filtered by it").check()
    assert violations(page) == []
    page.get_by_role("button", name="Define the field").click()
    expect(page.get_by_role("status").first).to_contain_text("Plant tier is defined.")


def test_an_own_field_is_defined_filled_in_found_by_retired_and_brought_back(open_page: Open) -> None:
    nora, rep = open_page("admin@demo.example"), open_page("rep@demo.example")
    define_tier(nora)

    rep.goto("/leads/?q=vollmer")
    rep.get_by_role("link", name="Anke Vollmer").first.click()
    rep.get_by_text("without a value").click()
    rep.get_by_role("link", name="Edit Plant tier").click()
    rep.get_by_label("Plant tier", exact=True).select_option("silver")
    rep.get_by_role("button", name="Save", exact=True).click()
    expect(rep.get_by_role("status").first).to_contain_text("Saved.")
    tier = rep.locator("#fact-custom-plant_tier")
    expect(tier).to_contain_text("silver")
    address = rep.url
    rep.goto("/leads/?tab=all&custom.plant_tier=silver")
    expect(rep.get_by_role("link", name="Anke Vollmer").first).to_be_visible()

    # The choice goes, and stays where it was chosen; then the whole field, and comes back with its value.
    nora.get_by_role("link", name="Plant tier", exact=True).click()
    nora.get_by_label("Choices").fill("gold\nbronze")
    nora.get_by_role("button", name="Save").click()
    nora.get_by_role("link", name="Plant tier", exact=True).click()
    expect(nora.get_by_text("No longer offered: silver.")).to_be_visible()
    nora.get_by_role("button", name="Retire").click()
    expect(nora.get_by_role("status").first).to_contain_text("Its values are kept.")
    rep.goto(address)
    expect(tier).to_have_count(0)
    nora.get_by_text("Retired: Leads").click()
    nora.get_by_role("button", name="Bring back").click()
    rep.reload()
    expect(tier).to_contain_text("silver")

    nora.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    assert not is_scrolling_sideways(nora)
    assert violations(nora) == []
    nora.get_by_role("link", name="Plant tier", exact=True).click()
    assert violations(nora) == []
    nora.get_by_role("button", name="Retire").click()
    expect(nora.get_by_role("status").first).to_contain_text("Its values are kept.")
