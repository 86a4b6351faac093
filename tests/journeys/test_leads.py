"""A rep's morning: sign in, find a lead, log a call, move it, mend a fact; and two people who want the same."""

import re

from playwright.sync_api import Page, Route, expect

from tests.journeys.conftest import PHONE, Open


def open_lead(page: Page, name: str) -> None:
    page.goto("/leads/")
    page.get_by_role("searchbox", name="Search leads").press_sequentially(name)
    page.wait_for_url(re.compile(r"q="))
    page.get_by_role("link", name=name).first.click()
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()


def test_a_rep_signs_in_and_is_shown_what_waits(open_page: Open) -> None:
    page = open_page()
    expect(page).to_have_url(re.compile("/accounts/login/"))

    page.get_by_role("button", name=re.compile("Mara Lindholm")).click()

    expect(page.get_by_role("heading", name="My day", level=1)).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("Next steps due")


def test_a_rep_finds_a_lead_by_typing_and_logs_a_call_in_seconds(open_page: Open) -> None:
    page = open_page("rep@demo.example")
    open_lead(page, "Hilde Brandsma")

    page.get_by_role("link", name="Log call").click()
    sheet = page.get_by_role("dialog")
    sheet.get_by_label("What was said").fill("Pilot goes on; wants the <b>offer</b> on Thursday.")
    sheet.get_by_label("Minutes").fill("7")
    sheet.get_by_role("button", name="Save").click()

    story = page.get_by_role("region", name="What happened")
    expect(story).to_contain_text("Pilot goes on; wants the <b>offer</b> on Thursday.")
    expect(sheet).to_be_hidden()
    page.reload()
    expect(story.get_by_role("listitem").filter(has_text="Mara Lindholm called").first).to_contain_text("7 minutes")


def test_a_lead_moves_on_with_one_click_and_back_with_a_reason(open_page: Open) -> None:
    page = open_page("rep@demo.example")
    open_lead(page, "Fatima Zahrani")

    page.get_by_role("link", name="Move").first.click()
    page.get_by_role("radio", name="Proposal").check()
    page.get_by_role("button", name="Move", exact=True).click()
    expect(page.locator("[aria-current=step]")).to_contain_text("Proposal")

    page.get_by_role("link", name="Move").first.click()
    page.get_by_role("radio", name="SQL").check()
    page.get_by_role("button", name="Move", exact=True).click()
    expect(page.get_by_role("dialog")).to_contain_text("Moving back takes a reason")
    page.get_by_role("dialog").get_by_role("textbox").fill("The plant manager wants a second demo first.")
    page.get_by_role("button", name="Move", exact=True).click()
    expect(page.locator("[aria-current=step]")).to_contain_text("SQL")
    expect(page.get_by_role("region", name="What happened")).to_contain_text("wants a second demo first")


def test_of_two_who_move_a_lead_at_once_the_second_is_told_where_it_is(open_page: Open) -> None:
    mara, felix = open_page("rep@demo.example"), open_page("sales-lead@demo.example")
    for page in (mara, felix):
        open_lead(page, "Chiara Marchetti")
        page.get_by_role("link", name="Move").first.click()

    mara.get_by_role("radio", name="SQL").check()
    mara.get_by_role("button", name="Move", exact=True).click()
    expect(mara.locator("[aria-current=step]")).to_contain_text("SQL")
    felix.get_by_role("radio", name="Proposal").check()
    felix.get_by_role("button", name="Move", exact=True).click()

    expect(felix.get_by_role("alert")).to_contain_text("is in “SQL” already")
    felix.reload()
    expect(felix.locator("[aria-current=step]")).to_contain_text("SQL")


def test_a_fact_is_mended_in_place_by_keyboard(open_page: Open) -> None:
    page = open_page("rep@demo.example")
    open_lead(page, "Ben Corvane")

    page.get_by_role("link", name="Edit Telephone").focus()
    page.keyboard.press("Enter")
    field = page.get_by_label("Telephone", exact=True)
    expect(field).to_be_focused()
    field.fill("call me")
    page.keyboard.press("Enter")
    expect(page.get_by_text("“call me” is no telephone number.").first).to_be_visible()
    field.fill("+44 20 7946 0018")
    page.keyboard.press("Enter")

    expect(page.get_by_role("complementary", name="Who")).to_contain_text("+44 20 7946 0018")


def test_of_two_windows_that_write_the_same_fact_the_second_decides(open_page: Open) -> None:
    mara, felix = open_page("rep@demo.example"), open_page("sales-lead@demo.example")
    for page in (mara, felix):
        open_lead(page, "Ben Corvane")
        page.get_by_role("link", name="Edit Role").click()
        expect(page.get_by_role("combobox", name="Role")).to_be_focused()

    mara.get_by_role("combobox", name="Role").select_option("Champion")
    mara.get_by_role("button", name="Save", exact=True).first.click()
    expect(mara.get_by_role("complementary", name="Who")).to_contain_text("Champion")
    felix.get_by_role("combobox", name="Role").select_option("User")
    felix.get_by_role("button", name="Save", exact=True).first.click()

    told = felix.get_by_role("alert").filter(has_text="Changed meanwhile")
    expect(told).to_contain_text("Champion by Mara Lindholm")
    expect(told).to_contain_text("User by you, not saved yet")
    felix.get_by_role("button", name="Keep theirs").click()
    expect(felix.get_by_role("complementary", name="Who")).to_contain_text("Champion")
    expect(told).to_be_hidden()


def test_a_new_lead_whose_address_somebody_has_is_led_to_the_one_there_is(open_page: Open) -> None:
    page = open_page("rep@demo.example")
    page.goto("/leads/")
    page.keyboard.press("c")
    page.wait_for_url("**/leads/new/")

    page.get_by_label("E-mail").fill("ANKE@ostertal.example")
    page.get_by_role("button", name=re.compile("Create|Save")).click()
    expect(page.get_by_role("alert").or_(page.locator(".error-summary")).first).to_contain_text("Anke Vollmer")

    page.get_by_label("E-mail").fill("new.person@ostertal.example")
    page.get_by_label("Last name").fill("Journeyman")
    page.get_by_role("button", name=re.compile("Create|Save")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Journeyman")


def test_filters_stand_in_the_address_and_a_chip_takes_one_away(open_page: Open) -> None:
    page = open_page("marketer@demo.example")
    page.goto("/leads/?stage=mql&has_no=owner")
    rows = page.locator("[data-row]")
    expect(rows.first).to_be_visible()
    few = rows.count()

    page.get_by_role("link", name="Remove filter: Stage").click()
    expect(page).not_to_have_url(re.compile("stage=mql"))
    expect(page).to_have_url(re.compile("has_no=owner"))
    expect(rows.first).to_be_visible()
    assert rows.count() >= few


def test_numbers_of_the_list_before_come_too_late_and_are_let_go(open_page: Open) -> None:
    page = open_page("marketer@demo.example")
    late: list[Route] = []
    page.route("**/leads/counts/?*stage=mql*", lambda asked: late.append(asked))  # noqa: PLW0108 - Playwright marks what it is given
    page.goto("/leads/?stage=mql")
    expect(page.locator("#count")).to_be_empty()

    page.get_by_role("link", name="Remove filter: Stage").click()
    expect(page.locator("#count")).not_to_be_empty()
    number = page.locator("#count").inner_text()
    with page.expect_response("**/leads/counts/?*stage=mql*") as answer:
        late[0].continue_()
    answer.value.finished()

    expect(page.locator("#count")).to_have_text(number)  # and the console says nothing, or the journey ends badly


def test_on_the_phone_a_note_is_written_with_the_thumb(open_page: Open) -> None:
    page = open_page("rep@demo.example", size=PHONE)
    page.goto("/leads/?q=sundby")
    page.get_by_role("link", name="Henrik Sundby").first.click()

    page.get_by_role("link", name="Note").first.click()
    sheet = page.get_by_role("dialog")
    sheet.get_by_role("textbox").first.fill("Waits at the gate, back at noon.")
    sheet.get_by_role("button", name="Save").click()

    expect(page.get_by_role("region", name="What happened")).to_contain_text("Waits at the gate, back at noon.")


def test_on_the_phone_a_path_wider_than_the_screen_shows_where_the_lead_stands(open_page: Open) -> None:
    page = open_page("rep@demo.example", size=PHONE)
    page.goto("/leads/?stage=proposal")
    page.locator("[id^=lead-] a").first.click()
    now, path = page.locator(".path [aria-current]"), page.locator(".path")

    expect(now).to_contain_text("Proposal")
    expect(now).to_be_in_viewport(ratio=1)
    path.evaluate("path => { path.scrollLeft = 0; }")
    expect(now).not_to_be_in_viewport(ratio=1)
    page.get_by_role("link", name="Note").first.click()
    page.get_by_role("dialog").get_by_role("textbox").first.fill("Has read the offer.")
    page.get_by_role("dialog").get_by_role("button", name="Save").click()

    expect(now).to_be_in_viewport(ratio=1)


def test_anything_is_found_with_the_keyboard(open_page: Open) -> None:
    page = open_page("marketer@demo.example")
    page.keyboard.press("Control+k")
    page.get_by_role("combobox").or_(page.get_by_role("searchbox")).last.press_sequentially("ostertal")
    expect(page.get_by_role("dialog")).to_contain_text("Brauhaus Ostertal")
    expect(page.get_by_role("dialog")).to_contain_text("Anke Vollmer")

    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/(leads|companies)/\d+/"))


def test_who_only_reads_sees_everything_and_no_button(open_page: Open) -> None:
    page = open_page("reader@demo.example")
    open_lead(page, "Anke Vollmer")

    expect(page.get_by_role("link", name="Move")).to_have_count(0)
    expect(page.get_by_role("textbox", name="Write a note")).to_have_count(0)
    expect(page.get_by_role("region", name="What happened")).to_contain_text("moved it from")


def test_a_rep_goes_from_lead_to_lead_by_the_keyboard_and_finds_the_keys_told(open_page: Open) -> None:
    page = open_page("rep@demo.example")
    page.goto("/leads/?ordering=name")
    names = page.locator("tr[data-row] .c-name a").all_inner_texts()[:3]

    page.keyboard.press("j")
    page.keyboard.press("Enter")
    heading, place = page.get_by_role("heading", level=1), page.get_by_role("navigation", name="In the list")
    expect(heading).to_have_text(names[0])
    for key, number in (("j", 2), ("j", 3), ("k", 2)):
        page.keyboard.press(key)
        expect(place).to_contain_text(f"{number} of")
        expect(heading).to_have_text(names[number - 1])

    page.keyboard.press("?")
    keys = page.get_by_role("dialog")
    expect(keys).to_contain_text("Next lead of the list")
    expect(keys).to_contain_text("Previous lead of the list")
