"""Being told: Priya names Nele in a note, who sees the bell and opens the lead; Oona gets a digest as she wishes."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESKTOP, PHONE, Open, add_reader, is_scrolling_sideways, violations
from tests.journeys.test_leads import open_lead
from tests.running.workspaces import Workspace, manage, wait_until

NOW_DUE = (
    "from django.utils import timezone; from workspace.notices.models import Notice; "
    "Notice.objects.filter(mail_due_at__isnull=False).update(mail_due_at=timezone.now())"
)


def write_note(page: Page, name: str, text: str) -> None:
    """A note in which the colleague whose name begins with `name` is chosen from the list by keyboard."""
    field = page.get_by_role("textbox", name="Write a note")
    field.press_sequentially(f"{text} @{name}")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("Control+Enter")


def mails_to(workspace: Workspace, address: str) -> list[EmailMessage]:
    found = []
    for path in sorted((Path(workspace.data_dir) / "mail").glob("*.log")):
        for part in path.read_bytes().split(b"-" * 79 + b"\n"):
            mail = message_from_bytes(part, policy=policy.default)
            if mail["To"] == address:
                found.append(mail)
    return found


def words_of(mail: EmailMessage) -> str:
    plain = mail.get_body(("plain",))
    assert plain is not None
    return str(plain.get_content())


def expect_bell(page: Page, count: str) -> None:
    """What the bell counts, after it was asked anew."""
    with page.expect_response("**/notices/count/"):
        page.reload()
    expect(page.locator("[hx-get$='/notices/count/'].htmx-request")).to_have_count(0)  # and it is put into the page
    expect(page.locator("#bell-count")).to_have_text(count)


def test_whom_a_note_names_finds_it_in_the_bell_and_opening_the_lead_reads_it(
    open_page: Open, workspace: Workspace
) -> None:
    # Somebody of this journey's own, whom neither the clock nor another journey tells of anything.
    nele, priya = open_page(add_reader(workspace, "nele")), open_page("marketer@demo.example")
    expect_bell(nele, "")
    open_lead(priya, "Anke Vollmer")

    write_note(priya, "nel", "She asks for the plan of the plant,")

    story = priya.get_by_role("region", name="What happened")
    expect(story).to_contain_text("She asks for the plan of the plant, @Nele")
    expect_bell(nele, "1")
    nele.get_by_role("link", name="Notices").first.click()
    panel = nele.get_by_role("dialog")
    expect(panel.get_by_role("listitem").first).to_contain_text("Priya Raman named you")
    assert violations(nele) == []
    panel.get_by_role("link", name=re.compile("Anke Vollmer")).first.click()
    expect(nele.get_by_role("heading", name="Anke Vollmer", level=1)).to_be_visible()
    expect_bell(nele, "")


def test_a_wish_for_the_digest_is_kept_and_it_leads_to_the_lead_comes_once_and_is_stopped_by_its_link(
    open_page: Open, workspace: Workspace
) -> None:
    # Somebody of this journey's own, to whom nothing else is mailed.
    address = add_reader(workspace, "oona")
    oona, priya = open_page(address), open_page("marketer@demo.example")
    oona.goto("/settings/notices/")
    oona.get_by_role("radio", name="Somebody names me with @: Digest").check()
    oona.get_by_label("The digest comes").select_option("Once a week")
    oona.get_by_role("button", name="Save").click()
    expect(oona.get_by_role("status")).to_contain_text("Saved")
    expect(oona.get_by_role("radio", name="Somebody names me with @: Digest")).to_be_checked()
    open_lead(priya, "Hilde Brandsma")
    write_note(priya, "oona", "They want two more sensors,")
    expect(priya.get_by_role("region", name="What happened")).to_contain_text("@Oona")
    assert mails_to(workspace, address) == []

    manage(workspace.data_dir, "shell", "-v0", "-c", NOW_DUE)
    wait_until(lambda: mails_to(workspace, address), "the digest is mailed")

    (mail,) = mails_to(workspace, address)
    assert re.match(r"Your digest: \d+ notice", mail["Subject"])
    text = words_of(mail)
    assert "They want two more sensors, @Oona" in text
    assert "/settings/notices/" in text
    link = re.search(r"/notices/\d+/", text)
    assert link is not None
    oona.goto(link[0])
    expect(oona.get_by_role("heading", name="Hilde Brandsma", level=1)).to_be_visible()
    before = len(mails_to(workspace, "sales-lead@demo.example"))
    write_note(priya, "ruth", "And a plan of the plant,")
    expect(priya.get_by_role("region", name="What happened")).to_contain_text("And a plan of the plant, @Ruth Aalto")
    manage(workspace.data_dir, "shell", "-v0", "-c", NOW_DUE)
    wait_until(lambda: len(mails_to(workspace, "sales-lead@demo.example")) > before, "a later round is done")
    assert len(mails_to(workspace, address)) == 1

    stop = re.search(r"/t/notices/\S+", text)
    assert stop is not None
    stranger = open_page("")
    stranger.goto(stop[0])
    assert violations(stranger) == []
    stranger.get_by_role("button", name="Stop the digest").click()
    expect(stranger.get_by_role("heading", name="The digest comes no more")).to_be_visible()
    assert violations(stranger) == []
    oona.goto("/settings/notices/")
    expect(oona.get_by_role("radio", name="Somebody names me with @: Bell")).to_be_checked()


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_a_lead_is_followed_and_let_go_by_one_button(open_page: Open, size: tuple[int, int]) -> None:
    page = open_page("sales-lead@demo.example", size=size)
    page.goto("/leads/?q=marchetti")
    page.get_by_role("link", name="Chiara Marchetti").first.click()
    button = page.get_by_role("button", name="Follow")
    expect(button).to_have_attribute("aria-pressed", "false")

    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(button).to_have_attribute("aria-pressed", "true")
    button.click()

    expect(button).to_have_attribute("aria-pressed", "false")
    assert not is_scrolling_sideways(page)


def test_on_the_phone_somebody_is_named_with_the_thumb(open_page: Open) -> None:
    page = open_page("marketer@demo.example", size=PHONE)
    page.goto("/leads/?q=sundby")
    page.get_by_role("link", name="Henrik Sundby").first.click()
    page.get_by_role("link", name="Note").first.click()
    sheet = page.get_by_role("dialog")

    sheet.get_by_role("textbox").first.press_sequentially("At the gate at noon, @ruth")
    option = sheet.get_by_role("option", name=re.compile("Ruth Aalto"))
    expect(option).to_be_visible()
    assert violations(page) == []
    option.tap()
    sheet.get_by_role("button", name="Save").click()

    expect(page.get_by_role("region", name="What happened")).to_contain_text("At the gate at noon, @Ruth Aalto")


def test_without_the_list_the_whole_name_does_and_who_is_unknown_stays_text(open_page: Open) -> None:
    page = open_page("marketer@demo.example")
    open_lead(page, "Fatima Zahrani")

    page.get_by_role("textbox", name="Write a note").fill("@leo castell and @nobody, at 5")
    page.get_by_role("button", name="Save note").click()

    story = page.get_by_role("region", name="What happened")
    expect(story).to_contain_text("@Leo Castell and @nobody, at 5")
    expect(story.locator(".named").first).to_have_text("@Leo Castell")
