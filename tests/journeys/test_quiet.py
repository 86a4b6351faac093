"""Pages that work quietly: nothing that they ask for is missing, and the browser's console stays empty."""

import pytest

from tests.journeys.conftest import Open

PAGES = {
    "rep@demo.example": [
        "/", "/leads/", "/leads/filter/", "/leads/new/", "/companies/", "/companies/filter/", "/find/", "/keys/",
        "/settings/", "/people/",
    ],
    "marketer@demo.example": ["/", "/imports/", "/imports/new/"],
    "admin@demo.example": [
        "/people/invite/", "/api/v1/docs/", "/admin/", "/admin/leads_funnel/stage/", "/admin/leads_funnel/stage/add/",
        "/admin/leads_records/customfield/add/", "/admin/workspace_journal/journalentry/",
        "/admin/workspace_options/storedoption/", "/admin/workspace_people/person/",
    ],
    "": ["/accounts/login/", "/accounts/password/reset/"],
}  # fmt: skip
LEFT = "net::ERR_ABORTED"  # the page was left before the answer came


@pytest.mark.parametrize("email", PAGES, ids=lambda email: email or "nobody")
def test_no_page_asks_for_something_that_is_missing(open_page: Open, email: str) -> None:
    page = open_page(email)  # which fails the test where the console tells of an error
    missing: list[str] = []
    page.on("response", lambda told: missing.append(f"{told.status} {told.url}") if told.status >= 400 else None)
    page.on(
        "requestfailed", lambda lost: missing.append(f"{lost.failure} {lost.url}") if lost.failure != LEFT else None
    )

    for address in PAGES[email]:
        page.goto(address, wait_until="networkidle")

    assert missing == []
