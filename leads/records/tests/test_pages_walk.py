"""From lead to lead: Sami opens one from a list and goes on to those around it, as the list had them."""

import datetime as dt
import re
from html import unescape
from http import HTTPStatus

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from leads.records import actions
from leads.records.models import Lead
from leads.records.presenters import lead_list, walk
from leads.records.tests.factories import NOON, lead, stage
from workspace import paging
from workspace.people.models import Person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tuesday_noon")]

HOUR = dt.timedelta(hours=1)
HTMX = {"HX-Request": "true"}


def opened(client: Client, one: Lead, **query: str) -> str:
    """The address of a lead's page, as its row of the list has it."""
    page = client.get("/leads/", query)
    found = re.search(rf'<tr id="lead-{one.pk}".*?<a [^>]*href="([^"]*)"', page.text, re.DOTALL)
    assert found, f"{one} is not on the list"
    return unescape(found[1])


def way(client: Client, url: str, rel: str) -> str:
    """Where "prev" or "next" leads; empty at the end of the list."""
    found = re.search(rf'<a [^>]*rel="{rel}" href="([^"]*)"', client.get(url).text)
    return unescape(found[1]) if found else ""


def walked(client: Client, url: str, rel: str = "next") -> list[str]:
    """The titles of the pages from `url` on to the end."""
    titles = []
    while url:
        page = client.get(url)
        titles.append(re.findall(r"<h1[^>]*><bdi>(.*?)</bdi>", page.text)[0])
        url = way(client, url, rel)
        assert len(titles) < 20, "walking in a circle"
    return titles


def told(client: Client, url: str) -> str:
    """Which one of how many: what the page asks for after it was drawn."""
    counts = re.search(r'hx-get="([^"]*/walk/[^"]*)"', client.get(url).text)
    assert counts, "the page does not ask"
    return client.get(unescape(counts[1]), headers=HTMX).text.strip()


def make(*names: str, **values: object) -> list[Lead]:
    """Leads of this name, the first one active last."""
    return [
        lead(f"{name}@kestrel.example", last_name=name, created_at=NOON - number * HOUR, **values)
        for number, name in enumerate(names, start=1)
    ]


def test_one_walks_down_and_up_in_the_order_of_the_list(client: Client, sami: Person) -> None:
    ada, _bea, _cleo, dora = make("Ada", "Bea", "Cleo", "Dora")

    assert walked(client, opened(client, ada)) == ["Ada", "Bea", "Cleo", "Dora"]
    assert walked(client, opened(client, dora), "prev") == ["Dora", "Cleo", "Bea", "Ada"]
    assert walked(client, opened(client, dora, ordering="-name")) == ["Dora", "Cleo", "Bea", "Ada"]


def test_filters_tab_and_search_hold_on_the_way_and_back(client: Client, sami: Person) -> None:
    make("Nobody", city="Oslo")
    ada, *_others = make("Ada", "Bea", "Cleo", city="Kiruna", owner=sami)

    start = opened(client, ada, tab="mine", city="Kiruna", ordering="name")

    assert walked(client, start) == ["Ada", "Bea", "Cleo"]
    page = client.get(way(client, start, "next"))
    back = re.search(r'href="([^"]*)" aria-label="Back to the list"', page.text)
    assert back
    assert unescape(back[1]).startswith("/leads/?tab=mine&city=Kiruna&ordering=name#lead-")


def test_leads_without_a_value_stand_last_and_are_walked_through(client: Client, sami: Person) -> None:
    one, _two = make("Ada", "Bea")
    actions.change(one, {"value": "10"}, by=None, at=NOON)

    assert walked(client, opened(client, one, ordering="-value")) == ["Ada", "Bea"]
    bea = way(client, opened(client, one, ordering="-value"), "next")
    assert walked(client, bea, "prev") == ["Bea", "Ada"]
    assert told(client, bea) == "2 of 2"


def test_work_on_a_lead_does_not_carry_one_off_from_its_place(client: Client, sami: Person) -> None:
    ada, bea, cleo = make("Ada", "Bea", "Cleo")
    here = opened(client, bea)

    actions.log_talk(bea, actions.Talk.CALL, text="Now the first of the list.", by=sami, at=NOON)

    assert walked(client, here) == ["Bea", "Cleo"]
    assert way(client, here, "prev").startswith(ada.get_absolute_url())
    actions.move(bea, stage("won"), by=sami, at=NOON)
    assert walked(client, here) == ["Bea", "Cleo"], "a lead that left the list leaves its place to go on from"
    assert told(client, opened(client, cleo)) == "2 of 2"
    assert told(client, opened(client, ada)) == "1 of 2"


def test_the_page_tells_which_one_of_how_many(client: Client, sami: Person) -> None:
    leads = make("Ada", "Bea", "Cleo")

    assert [told(client, opened(client, one)) for one in leads] == ["1 of 3", "2 of 3", "3 of 3"]
    last = opened(client, leads[2])
    actions.move(leads[2], stage("won"), by=sami, at=NOON)
    assert told(client, last) == "3 of 3", "it was there, and the place is kept"


def test_a_place_too_deep_to_count_is_not_told(client: Client, sami: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    _ada, bea, _cleo = make("Ada", "Bea", "Cleo")
    here = opened(client, bea)

    monkeypatch.setattr(paging, "count", lambda _rows: paging.Count(None, exact=False))

    assert told(client, here) == ""


def test_opened_from_nowhere_or_alone_in_the_list_there_is_no_way_on(client: Client, sami: Person) -> None:
    (ada,) = make("Ada")

    for url in (ada.get_absolute_url(), opened(client, ada), f"{ada.get_absolute_url()}?place=made-up"):
        page = client.get(url)
        assert page.status_code == HTTPStatus.OK
        assert 'class="walk"' not in page.text
    assert client.get(f"/leads/{ada.pk}/walk/", {"place": "made-up"}).status_code == HTTPStatus.BAD_REQUEST


def test_a_walk_shows_nobody_whom_the_visitor_may_not_see(client: Client, sami: Person) -> None:
    ada, bea, _cleo = make("Ada", "Bea", "Cleo")
    here = opened(client, ada)
    Lead.objects.filter(pk=bea.pk).update(deleted_at=NOON)

    assert walked(client, here) == ["Ada", "Cleo"]


@pytest.mark.parametrize("rows", [3, 20])
def test_the_way_on_costs_two_queries_however_long_the_list(client: Client, sami: Person, rows: int) -> None:
    second = make(*[f"L{number}" for number in range(rows)])[1]
    here = opened(client, second)

    page = queries(client, second.get_absolute_url())

    assert queries(client, here) == page + 2  # the lead before, and the one behind
    fragment = queries(client, second.get_absolute_url(), target="story")
    assert queries(client, here, target="story") == fragment, "the timeline alone asks for no way on"


def queries(client: Client, url: str, *, target: str = "") -> int:
    """How many queries a page costs, or the fragment `target` of it."""
    with CaptureQueriesContext(connection) as captured:
        client.get(url, headers={**HTMX, "HX-Target": target} if target else {})
    return len(captured)


def test_off_the_page_the_way_back_leads_to_the_page_with_the_lead(
    client: Client, sami: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (lead_list, walk):
        monkeypatch.setattr(module, "PAGE_SIZE", 2)
    ada, bea, cleo, dora = make("Ada", "Bea", "Cleo", "Dora")

    def back(url: str) -> str:
        found = re.search(r'href="([^"]*)" aria-label="Back to the list"', client.get(url).text)
        assert found
        return unescape(found[1])

    def shown(url: str) -> list[str]:
        return re.findall(r'<tr id="(lead-\d+)"', client.get(url).text)

    here = opened(client, ada)
    first = back(here).partition("#")[0]
    for one in (ada, bea, cleo, dora):
        assert f"lead-{one.pk}" in shown(back(here))
        assert (back(here).partition("#")[0] == first) is (one in (ada, bea))
        here = way(client, here, "next") or here
    for one in (dora, cleo, bea, ada):
        assert f"lead-{one.pk}" in shown(back(here))
        here = way(client, here, "prev")
    assert here == ""


@pytest.mark.parametrize("row", ["x", "-1", "9" * 30, "²", ""])
def test_a_row_that_is_none_hinders_nobody(client: Client, sami: Person, row: str) -> None:
    ada, bea = make("Ada", "Bea")

    url = way(client, f"{opened(client, ada)}&row={row}", "next")

    assert url.startswith(bea.get_absolute_url())
