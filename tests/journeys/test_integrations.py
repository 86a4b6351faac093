"""Somebody lets a program in, and out again; another one hears of what happens."""

from http import HTTPStatus

from playwright.sync_api import Page, expect

from tests.journeys.conftest import PHONE, Open, violations
from workspace.hooks.tests.receiver import running as receiving
from workspace.hooks.tests.receiver import status


def make_token(page: Page, name: str) -> str:
    page.goto("/settings/")
    page.get_by_role("link", name="Access tokens").click()
    page.get_by_label("What is it for?").fill(name)
    page.get_by_role("checkbox", name="Write leads").check()
    page.get_by_label("How long?").select_option("30 days")
    page.get_by_role("button", name="Make the token").click()
    expect(page.get_by_role("heading", name=f"The token for “{name}”")).to_be_visible()
    secret = page.get_by_role("textbox", name="Access token")
    expect(secret).to_be_focused()
    return secret.inner_text()


def calls(page: Page, secret: str, path: str) -> int:
    return page.request.get(f"/api/v1/{path}", headers={"Authorization": f"Bearer {secret}", "Cookie": ""}).status


def test_a_token_is_made_copied_used_and_revoked(open_page: Open) -> None:
    page = open_page("rep@demo.example")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])

    secret = make_token(page, "CRM bridge")
    assert violations(page) == []
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == secret
    assert calls(page, secret, "leads/") == HTTPStatus.OK
    assert calls(page, secret, "users/") == HTTPStatus.FORBIDDEN

    page.goto("/settings/tokens/")
    yours = page.get_by_role("region", name="Yours")
    expect(yours).to_contain_text("used just now")
    expect(page.get_by_text(secret)).to_have_count(0)
    yours.get_by_role("link", name="Revoke CRM bridge").click()
    expect(page.get_by_role("heading", name="Revoke “CRM bridge”?")).to_be_visible()
    page.get_by_role("button", name="Revoke it").click()
    expect(page.get_by_role("status").first).to_contain_text("Nobody comes in with it any more")
    assert calls(page, secret, "leads/") == HTTPStatus.UNAUTHORIZED


def test_on_the_phone_the_whole_token_is_readable(open_page: Open) -> None:
    page = open_page("marketer@demo.example", size=PHONE)

    assert make_token(page, "Fair app").startswith("smk_")

    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_another_program_hears_of_what_happens_and_of_what_it_missed(open_page: Open) -> None:
    page = open_page("admin@demo.example")
    with receiving() as receiver:
        receiver.answers = [status(HTTPStatus.GONE, b"Moved away")]
        page.goto("/settings/webhooks/")
        page.get_by_role("link", name="New webhook").first.click()
        page.get_by_label("What is it for?").fill("Warehouse")
        page.get_by_label("Address").fill(receiver.url)
        page.get_by_role("button", name="Make the webhook").click()
        page.get_by_role("checkbox", name="Colleague changed").check()
        page.get_by_role("button", name="Make the webhook").click()
        secret = page.get_by_role("textbox", name="Secret")
        expect(secret).to_be_focused()
        expect(secret).to_contain_text("whsec_")
        assert violations(page) == []

        page.get_by_role("link", name="Back to the webhooks").click()
        page.get_by_role("link", name="Warehouse").click()
        expect(page.get_by_role("textbox", name="Secret")).to_have_count(0)
        page.get_by_role("button", name="Send a test").click()
        log = page.get_by_role("region", name="What was sent")
        expect(log).to_contain_text("It answered 410.")
        page.reload()
        expect(page.get_by_text("The workspace switched it off")).to_be_visible()
        log.get_by_text("What it answered").click()
        expect(log).to_contain_text("Moved away")
        assert violations(page) == []

        page.get_by_role("button", name="Switch on").click()
        for _time in range(2):
            page.get_by_role("button", name="Send again: Webhook tried out").click()
            expect(page.get_by_role("status").first).to_contain_text("The message is sent again.")
            expect(log).to_contain_text("1 try · 204")
        ids = {got.headers["webhook-id"] for got in receiver.got}
        assert (len(receiver.got), len(ids)) == (3, 1)
    page.get_by_role("link", name="Remove it").click()
    page.get_by_role("button", name="Remove it").click()
    expect(page.get_by_role("status").first).to_contain_text("“Warehouse” is removed.")
