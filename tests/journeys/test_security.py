"""Signing in as companies demand: by passkey, with an app, because a role needs it, and by the company's own provider.

Each journey has a person of its own, since what it changes about signing in would end the sessions of the others.
"""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import (
    DESKTOP,
    PASSWORD,
    PHONE,
    Open,
    add_reader,
    is_scrolling_sideways,
    sign_in,
    violations,
)
from tests.running.workspaces import Workspace, running
from workspace.security.tests.provider import CLIENT_ID, CLIENT_SECRET, listening
from workspace.security.tests.signing_in import code_of

# The page wears the theme, and no colour is on its way from the other one.
SETTLED = """scheme => document.documentElement.dataset.bsTheme === scheme
    && !document.getAnimations().some(animation => animation instanceof CSSTransition)"""
INDEX = re.compile(r"/settings/security/$")


def give_authenticator(page: Page) -> None:
    """A device that makes passkeys and whose owner is there and agrees."""
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def check_looks(page: Page) -> None:
    """Axe finds nothing on the page as it is, light and dark, wide and narrow, and nothing scrolls sideways."""
    for width, height in (PHONE, DESKTOP):
        page.set_viewport_size({"width": width, "height": height})
        for scheme in ("dark", "light"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.wait_for_function(SETTLED, arg=scheme)
            assert violations(page) == [], f"{page.url}, {width}, {scheme}"
            assert not is_scrolling_sideways(page), f"{page.url}, {width}"


def enter(page: Page, email: str) -> None:
    """Type address and password, wherever that leads."""
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="You, theme, sign out").click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page).to_have_url(re.compile("/accounts/login/"))


def test_a_passkey_is_added_and_signs_in_alone(open_page: Open, workspace: Workspace) -> None:
    email = add_reader(workspace, "paula")
    page = open_page()
    give_authenticator(page)
    page.goto(f"http://localhost:{workspace.port}/settings/security/")
    enter(page, email)

    page.get_by_role("link", name="Add a passkey").click()
    check_looks(page)
    page.get_by_label("Its name").fill("Paula’s laptop")
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    check_looks(page)
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_role("region", name="Passkeys")).to_contain_text("Paula’s laptop")
    check_looks(page)
    sign_out(page)
    check_looks(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(re.compile(rf"localhost:{workspace.port}/$"))
    page.goto(f"http://localhost:{workspace.port}/settings/security/")

    expect(page.get_by_role("complementary")).to_contain_text("signed in by passkey")
    sign_out(page)
    enter(page, email)
    expect(page.get_by_role("heading", name="Your second factor")).to_be_visible()
    check_looks(page)
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(re.compile(rf"localhost:{workspace.port}/$"))
    page.goto(f"http://localhost:{workspace.port}/settings/security/")
    page.get_by_role("link", name="Remove Paula’s laptop").click()
    check_looks(page)
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_role("region", name="Passkeys")).not_to_contain_text("Paula’s laptop")


def test_at_a_number_the_page_says_at_which_name_passkeys_work(open_page: Open, workspace: Workspace) -> None:
    page = open_page()
    page.goto("/settings/security/")
    # Signed in just now: who did so a while ago is asked for the password first.
    enter(page, "rep@demo.example")

    expect(page.get_by_role("link", name="Add a passkey")).to_have_count(0)
    link = page.get_by_role("link", name=f"Open it as localhost:{workspace.port}")
    assert link.get_attribute("href") == f"http://localhost:{workspace.port}/settings/security/"
    page.goto("/accounts/2fa/webauthn/add/")
    expect(page.get_by_text("not by a number")).to_be_visible()


def test_a_device_that_gives_no_passkey_is_said_in_words(open_page: Open, workspace: Workspace) -> None:
    page = open_page()
    give_authenticator(page)
    page.goto(f"http://localhost:{workspace.port}/accounts/login/")

    page.get_by_role("button", name="Sign in with a passkey").click()

    expect(page.get_by_role("alert").get_by_text("Your browser gave no passkey.")).to_be_visible()
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_enabled()


def test_an_app_is_set_up_asked_for_and_replaced_by_a_recovery_code(open_page: Open, workspace: Workspace) -> None:
    email = add_reader(workspace, "tilda")
    page = open_page()
    page.goto("/settings/security/")
    enter(page, email)

    page.get_by_role("link", name="Set up an authenticator app").click()
    check_looks(page)
    secret = page.locator("code.key").inner_text()
    page.get_by_label("Code").fill(code_of(secret))
    page.get_by_role("button", name="Set it up").click()
    recovery = page.get_by_role("list", name="Recovery codes").get_by_role("listitem").all_inner_texts()
    page.get_by_role("link", name="I have kept them").click()
    sign_out(page)
    enter(page, email)
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert").first).to_contain_text("That did not fit.")
    check_looks(page)
    # The code that set the app up counts once more; a later one is shown within half a minute.
    page.get_by_label("Code").fill(code_of(secret))
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="My day", level=1)).to_be_visible()
    sign_out(page)
    enter(page, email)
    page.get_by_label("Code").fill(recovery[0])
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")
    page.goto("/settings/security/")

    expect(page.get_by_role("region", name="Second factor")).to_contain_text("9 are left")


def test_a_role_that_needs_a_second_factor_leads_there_first(open_page: Open, workspace: Workspace) -> None:
    email = add_reader(workspace, "renate")
    reader, admin = open_page(), open_page("admin@demo.example")
    enter(reader, email)
    reader.wait_for_url("**/")
    admin.goto("/settings/sign-in/")

    try:
        admin.get_by_role("checkbox", name="Read-only").check()
        admin.get_by_role("button", name="Save").click()
        expect(admin.get_by_role("status")).to_contain_text("Saved.")
        check_looks(admin)
        reader.goto("/leads/")
        expect(reader.get_by_role("heading", name="One more step: a second factor")).to_be_visible()
        check_looks(reader)
        reader.get_by_role("link", name="Set up an authenticator app").click()
        secret = reader.locator("code.key").inner_text()
        reader.get_by_label("Code").fill(code_of(secret))
        reader.get_by_role("button", name="Set it up").click()
        expect(reader.get_by_role("heading", name="Recovery codes")).to_be_visible()
        reader.goto("/leads/")
        expect(reader.get_by_role("heading", name="Leads", level=1)).to_be_visible()
        reader.goto("/settings/security/")
        reader.get_by_role("link", name="Remove the authenticator app").click()
        expect(reader.get_by_text("this is your last")).to_be_visible()
    finally:
        admin.get_by_role("checkbox", name="Read-only").uncheck()
        admin.get_by_role("button", name="Save").click()
        expect(admin.get_by_role("checkbox", name="Read-only")).not_to_be_checked()


def test_one_device_signs_another_one_out(open_page: Open, workspace: Workspace) -> None:
    email = add_reader(workspace, "doris")
    here, elsewhere = open_page(), open_page(size=PHONE)
    for page in (here, elsewhere):
        sign_in(page, email)
    here.goto("/settings/security/")

    devices = here.get_by_role("region", name="Where you are signed in")
    expect(devices.get_by_role("listitem")).to_have_count(2)
    devices.get_by_role("button", name=re.compile("^Sign out Chrome")).click()

    expect(devices.get_by_role("listitem")).to_have_count(1)
    elsewhere.goto("/leads/")
    expect(elsewhere).to_have_url(re.compile("/accounts/login/"))


def test_the_companys_provider_lets_its_people_in_and_passwords_can_be_off(browser: Browser, tmp_path: Path) -> None:
    complaints: list[str] = []
    with listening() as provider:
        provider.claims = {"sub": "1", "email": "rep@demo.example", "email_verified": True}
        environment = {
            "OIDC_NAME": "Fennmark ID",
            "OIDC_ISSUER": provider.issuer,
            "OIDC_CLIENT_ID": CLIENT_ID,
            "OIDC_CLIENT_SECRET": CLIENT_SECRET,
            "PASSWORD_SIGN_IN": "off",
        }
        with running(tmp_path / "data", DEMO="on", **environment) as workspace:
            page = browser.new_page(base_url=f"http://127.0.0.1:{workspace.port}")
            page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
            page.goto("/companies/")
            expect(page.get_by_label("Password")).to_have_count(0)
            check_looks(page)

            page.get_by_role("link", name="Continue with Fennmark ID").click()

            expect(page.get_by_role("heading", name="Companies", level=1)).to_be_visible()
            expect(page.locator(".sidenav-user")).to_contain_text("Mara Lindholm")
            page.goto("/settings/security/")
            expect(page.get_by_role("region", name="Ways in")).to_contain_text("Fennmark ID")
            check_looks(page)
            page.close()
    assert complaints == []


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_the_menu_of_the_visitor_leads_to_security(open_page: Open, size: tuple[int, int]) -> None:
    page = open_page("marketer@demo.example", size=size)

    menu = "Menu, more pages" if size == PHONE else "You, theme, sign out"
    page.get_by_role("button", name=menu).click()
    page.get_by_role("link", name="Security").click()

    expect(page).to_have_url(INDEX)
    expect(page.get_by_role("heading", name="Security", level=1)).to_be_visible()
