"""A demo workspace as people run it, and Chromium in front of it; one of each for all journeys."""

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, StorageState, sync_playwright

from tests.running.workspaces import ROOT, Workspace, manage, running

# The system's Chromium, quiet about the world outside: nothing but the workspace is reachable in tests.
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 30_000
DESKTOP, PHONE, NARROW = (1440, 900), (390, 844), (360, 740)
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
PASSWORD = "demo-smarketing"

Open = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All journeys share one workspace, so they run in one process."""
    for item in items:
        if "tests/journeys/" in item.nodeid:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("journeys"))


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with running(tmp_path_factory.mktemp("journeys") / "data", DEMO="on", WEBHOOK_NETWORKS="127.0.0.0/8") as workspace:
        yield workspace


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    program = next(path for name in CHROMIUM if (path := shutil.which(name)))
    browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
    yield browser
    browser.close()


@dataclass
class Visitor:
    """Somebody in front of a screen. What the browser complains about meanwhile is a failure of the test."""

    context: BrowserContext
    page: Page
    complaints: list[str]


@pytest.fixture(scope="session")
def signed_in(browser: Browser, workspace: Workspace) -> Callable[[str], StorageState]:
    """The cookies of somebody who has signed in; each person does so once."""

    @cache
    def cookies_of(email: str) -> StorageState:
        context = browser.new_context(base_url=f"http://127.0.0.1:{workspace.port}")
        sign_in(context.new_page(), email)
        cookies = context.storage_state()
        context.close()
        return cookies

    return cookies_of


@pytest.fixture
def open_page(browser: Browser, workspace: Workspace, signed_in: Callable[[str], StorageState]) -> Iterator[Open]:
    """`open_page("rep@demo.example", size=PHONE, dark=True)`: a signed-in page; without an address, a signed-out one."""
    visitors: list[Visitor] = []

    def open_it(email: str = "", *, size: tuple[int, int] = DESKTOP, dark: bool = False) -> Page:
        context = browser.new_context(
            storage_state=signed_in(email) if email else None,
            base_url=f"http://127.0.0.1:{workspace.port}",
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            has_touch=size == PHONE,
        )
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        visitor = Visitor(context, page, [])
        page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
        page.on("console", lambda said: visitor.complaints.append(told(said)) if is_complaint(said) else None)
        visitors.append(visitor)
        page.goto("/")
        return page

    yield open_it
    for visitor in visitors:
        visitor.context.close()
    assert [complaint for visitor in visitors for complaint in visitor.complaints] == []


# What forms and races are answered with, and the page that says that something is not there: the visitor is told on the page.
EXPECTED = re.compile(r"the server responded with a status of (409|422) ")


def is_complaint(said: ConsoleMessage) -> bool:
    """Whether the browser's console tells of an error: a script's, a refusal of the content security policy, or something
    that the page asked for in vain."""
    if said.type != "error" or EXPECTED.search(said.text):
        return False
    is_the_page_itself = said.page is not None and said.location["url"] == said.page.url
    return not (is_the_page_itself and re.search("status of (404|410)", said.text))


def told(said: ConsoleMessage) -> str:
    return f"{said.text} ({said.location['url']})"


def sign_in(page: Page, email: str) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/")


def add_reader(workspace: Workspace, name: str) -> str:
    """Let somebody in who only reads, and return their address."""
    email = f"{name}@demo.example"
    code = (
        "from django.utils import timezone; from workspace.people.actions import add_person; "
        "from workspace.people.roles import Role; "
        f"add_person({email!r}, name={name.title()!r}, role=Role.READ_ONLY, departments='', by=None, "
        f"at=timezone.now(), password={PASSWORD!r}, is_demo=True)"
    )
    manage(workspace.data_dir, "shell", "-v0", "-c", code)
    return email


RUN_AXE = """async () => {
    const levels = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    const {violations} = await axe.run(document, {runOnly: levels});
    const shown = rule => rule.nodes.slice(0, 3).map(node => node.html.slice(0, 160)).join(" | ");
    return violations.map(rule => `${rule.impact} ${rule.id}: ${shown(rule)}`);
}"""


def violations(page: Page) -> list[str]:
    """What axe finds of WCAG 2.2 A and AA and best practice, one line each."""
    page.evaluate(AXE.read_text())
    return list(page.evaluate(RUN_AXE))


def is_scrolling_sideways(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))
