"""The list of leads: Sami sells, Mara markets, Rita only reads."""

import datetime as dt
import re
from html import unescape
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from leads.audience.models import Persona
from leads.funnel.models import Campaign, Interest, Offering, Source, Tag
from leads.records import actions, own_indexes
from leads.records.filters import LeadFilter
from leads.records.models import CustomField, Lead
from leads.records.presenters import filtering, lead_list
from leads.records.tests.factories import NOON, LeadFactory, closed_lead, lead, person
from leads.records.tests.tables import bare_parts
from workspace import paging
from workspace.people.models import Person
from workspace.people.roles import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tuesday_noon")]

HTMX = {"HX-Request": "true"}
LEADS = "/leads/"


def shown(text: str) -> list[int]:
    """The ids of the rows, in order."""
    return [int(pk) for pk in re.findall(r'<tr id="lead-(\d+)"', text)]


def link(text: str, words: str) -> str:
    """The address of the first link with `words` in it."""
    found = re.search(rf'<a[^>]* href="([^"]*)"[^>]*>(?:(?!</a>).)*{re.escape(words)}', text, re.DOTALL)
    assert found, f"no link {words!r}"
    return unescape(found[1])


@pytest.mark.parametrize("rows", [1, 20])
def test_the_list_costs_the_same_queries_at_any_length(
    client: Client, sami: Person, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    mara = person("Mara Marketer", Role.MARKETER)
    for number in range(rows):
        lead(company=f"Company {number}", owner=sami, marketer=mara, value="100", next_step="Call", next_step_at=NOON)

    # Session, visitor, permissions (2), columns, leads with values and leads without, workspace name, roles, departments.
    with django_assert_num_queries(10):
        page = client.get(LEADS)

    assert len(shown(page.text)) == rows


def test_a_list_of_cards_on_the_phone_is_a_table_to_a_screen_reader(
    client: Client, sami: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lead_list, "PAGE_SIZE", 1)
    lead(), lead()

    page = client.get(LEADS)

    assert "Load more" in page.text
    assert page.text.count('<td role="cell"') == 11
    assert bare_parts(page.text) == []


def test_the_list_opens_on_what_is_open_and_its_tabs_show_mine_and_all(client: Client, sami: Person) -> None:
    mine, other, won = lead(owner=sami), lead(), closed_lead("won", at=NOON)

    tabs = {tab: set(shown(client.get(LEADS, {"tab": tab} if tab else {}).text)) for tab in ("", "mine", "all", "x")}

    assert tabs[""] == tabs["x"] == {mine.pk, other.pk}
    assert tabs["mine"] == {mine.pk}
    assert tabs["all"] == {mine.pk, other.pk, won.pk}


def test_a_filter_for_won_deals_finds_them_without_choosing_a_tab_first(client: Client, sami: Person) -> None:
    lead()
    won = closed_lead("won", at=NOON)

    page = client.get(LEADS, {"is_open": "won"})

    assert shown(page.text) == [won.pk]


def test_each_filter_in_use_is_a_chip_that_takes_itself_away(client: Client, sami: Person) -> None:
    lead(country="Norway", city="Oslo")

    page = client.get(LEADS, {"country": "Norway", "city": "Oslo", "tab": "all"})

    assert page.text.count('class="chip "') == 2
    removal = re.search(r'href="(/leads/\?[^"]*)"[^>]*aria-label="Remove filter: Country"', page.text)
    assert removal
    assert unescape(removal[1]) == "/leads/?city=Oslo&tab=all"


def test_a_filter_value_that_does_not_fit_narrows_nothing_and_says_so_on_its_chip(client: Client, sami: Person) -> None:
    one = lead()

    page = client.get(LEADS, {"stage": "nonsense"})

    assert page.status_code == HTTPStatus.OK
    assert shown(page.text) == [one.pk]
    assert "No stage is called “nonsense”." in page.text
    assert 'class="chip is-missed"' in page.text


def test_searching_works_with_enter_and_as_one_types(client: Client, sami: Person) -> None:
    anke = lead("anke@ostertal.example", first_name="Anke", last_name="Völlmer")
    lead("ben@corvane.example", first_name="Ben")

    page = client.get(LEADS, {"q": "vollm"})
    typed = client.get(LEADS, {"q": "vollm", "stage": ""}, headers={**HTMX, "HX-Trigger-Name": "q"})

    assert shown(page.text) == shown(typed.text) == [anke.pk]
    assert "<html" not in typed.text
    # A letter is no step of the way back; the address is still there to be sent to somebody.
    assert typed["HX-Replace-Url"] == "/leads/?q=vollm"
    assert "HX-Push-Url" not in typed


def test_a_chosen_filter_is_a_step_of_the_way_back(client: Client, sami: Person) -> None:
    lead(country="Norway")

    response = client.get(LEADS, {"country": "Norway"}, headers=HTMX)

    assert response["HX-Push-Url"] == "/leads/?country=Norway"
    assert 'hx-swap-oob="true"' in response.text


def test_page_and_fragment_are_told_apart_by_caches(client: Client, sami: Person) -> None:
    assert "HX-Request" in client.get(LEADS)["Vary"]
    assert "HX-Request" in client.get(LEADS, headers=HTMX)["Vary"]


def test_what_a_form_sends_empty_leaves_the_address(client: Client, sami: Person) -> None:
    response = client.get("/leads/?q=&stage=&city=Oslo&value_min=")

    assert response.status_code == HTTPStatus.FOUND
    assert response["Location"] == "/leads/?city=Oslo"


def test_the_list_is_walked_page_by_page_without_javascript_and_each_lead_stands_on_one_page(
    client: Client, sami: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lead_list, "PAGE_SIZE", 2)
    leads = [lead() for _number in range(5)]

    pages = [client.get(LEADS, {"ordering": "created_at"})]
    while "Load more" in pages[-1].text:
        pages.append(client.get(link(pages[-1].text, "Load more")))

    assert [shown(page.text) for page in pages] == [[one.pk for one in leads[start : start + 2]] for start in (0, 2, 4)]
    assert shown(client.get(link(pages[2].text, "Earlier in the list")).text) == shown(pages[1].text)


def test_load_more_fetches_rows_alone_and_the_next_way_to_more(
    client: Client, sami: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lead_list, "PAGE_SIZE", 2)
    for _number in range(5):
        lead()
    url = link(client.get(LEADS).text, "Load more")

    more = client.get(url, headers={**HTMX, "HX-Target": "more"})

    assert more.text.count("<tr") == 3
    assert "<table" not in more.text
    # The first new row takes the focus that was on the button.
    assert more.text.count("autofocus") == 1
    assert "HX-Push-Url" not in more


@pytest.mark.parametrize(
    ("ordering", "expected", "aria"),
    [
        ("", [2, 0, 1], "descending"),
        ("last_activity_at", [0, 2, 1], "ascending"),
        ("name", [1, 0, 2], "ascending"),
        ("-name", [2, 0, 1], "descending"),
        ("value", [2, 0, 1], "ascending"),
        ("-value", [0, 2, 1], "descending"),
        ("created_at", [0, 1, 2], None),
        ("nonsense", [2, 0, 1], "descending"),
    ],
)
def test_the_list_sorts_by_name_value_activity_and_creation_and_what_has_no_value_stands_last(
    client: Client, sami: Person, ordering: str, expected: list[int], aria: str | None
) -> None:
    hour = dt.timedelta(hours=1)
    leads = [
        lead(first_name="Bo", value="300", created_at=NOON - 3 * hour),
        lead(first_name="Åke", created_at=NOON - 2 * hour),
        lead(first_name="Cem", value="200", created_at=NOON - hour),
    ]
    for one, ago in ((leads[0], 2), (leads[2], 1)):
        actions.log_talk(one, actions.Talk.CALL, text="Talked.", by=sami, at=NOON - ago * hour)
    actions.set_derived({leads[1].pk: {"last_activity_at": None}})

    page = client.get(LEADS, {"ordering": ordering} if ordering else {})

    assert shown(page.text) == [leads[place].pk for place in expected]
    assert re.findall(r'aria-sort="(\w+)"', page.text) == ([aria] if aria else [])


def test_the_head_of_the_sorted_column_turns_the_order_round_and_keeps_the_filters(
    client: Client, sami: Person
) -> None:
    lead(country="Norway")

    page = client.get(LEADS, {"ordering": "-value", "country": "Norway"})

    assert '<a href="/leads/?ordering=value&amp;country=Norway"' in page.text or (
        '<a href="/leads/?country=Norway&amp;ordering=value"' in page.text
    )


def test_a_cursor_of_another_order_is_refused_with_a_page(
    client: Client, sami: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lead_list, "PAGE_SIZE", 1)
    lead(), lead()
    cursor = re.search(r"cursor=([^&\"]+)", client.get(LEADS, {"ordering": "name"}).text)
    assert cursor

    page = client.get(f"{LEADS}?ordering=created_at&cursor={cursor[1]}")

    assert page.status_code == HTTPStatus.BAD_REQUEST
    assert "Start again from the top" in page.text


def test_an_empty_workspace_offers_to_begin(client: Client, sami: Person) -> None:
    page = client.get(LEADS)

    assert "No leads yet" in page.text
    assert f'href="{reverse("records:new")}"' in page.text


@pytest.mark.parametrize(
    ("query", "words", "way_on"),
    [
        ("?q=zebra&ordering=name", "No lead matches", "/leads/?ordering=name"),
        ("?tab=mine", "You look after no open lead", "/leads/"),
    ],
)
def test_an_empty_page_says_why_and_leads_on(client: Client, sami: Person, query: str, words: str, way_on: str) -> None:
    lead()

    page = client.get(f"{LEADS}{query}")

    assert words in page.text
    assert f'href="{way_on}"' in page.text


def test_a_list_of_closed_leads_alone_offers_all_of_them(client: Client, sami: Person) -> None:
    closed_lead("won", at=NOON)

    assert 'href="/leads/?tab=all"' in client.get(LEADS).text


def test_hostile_long_and_right_to_left_names_are_shown_as_they_are(client: Client, sami: Person) -> None:
    lead(first_name="<script>alert(1)</script>", job_title='"><img src=x>', next_step="<b>Call</b>", next_step_at=NOON)
    lead(first_name="ليلى", last_name="الحسيني", company="شركة النور")
    lead(first_name="N" * 120, last_name="M" * 120)

    page = client.get(LEADS)

    assert "<script>alert" not in page.text
    assert "<img src=x>" not in page.text
    assert "<b>Call</b>" not in page.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.text
    assert "<bdi>ليلى الحسيني</bdi>" in page.text
    assert "N" * 120 in page.text


def test_an_overdue_step_is_red_with_words_and_a_closed_lead_is_never_late(client: Client, sami: Person) -> None:
    lead(next_step="Send the offer", next_step_at=NOON - dt.timedelta(days=2, hours=3))
    lead(next_step="Call", next_step_at=NOON + dt.timedelta(hours=2))
    won = closed_lead("won", at=NOON)
    Lead.objects.filter(pk=won.pk).update(next_step="Left over", next_step_at=NOON - dt.timedelta(days=5))

    page = client.get(LEADS, {"tab": "all"})

    assert page.text.count("is-missed medium") == 1
    assert "2 d late" in page.text
    assert "today 14:00" in page.text


def test_a_row_leads_to_its_lead_and_the_way_back_to_the_same_place(
    client: Client, sami: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lead_list, "PAGE_SIZE", 1)
    lead(country="Norway", first_name="Ane"), lead(country="Norway", first_name="Borghild")
    second = client.get(link(client.get(LEADS, {"country": "Norway", "ordering": "name"}).text, "Load more"))

    page = client.get(link(second.text, "Borghild"))

    back = re.search(r'href="([^"]*)" aria-label="Back to the list"', page.text)
    assert back
    bo = Lead.objects.get(first_name="Borghild")
    assert back[1].endswith(f"#lead-{bo.pk}")
    assert shown(client.get(unescape(back[1])).text) == [bo.pk]


def test_the_numbers_come_after_the_page_and_say_how_many_of_how_many(client: Client, sami: Person) -> None:
    lead(country="Norway", owner=sami), lead(), closed_lead("won", at=NOON)
    address = re.search(r'hx-get="(/leads/counts/[^"]*)"', client.get(LEADS, {"country": "Norway"}).text)
    assert address

    numbers = client.get(unescape(address[1]))

    assert '<span id="count" hx-swap-oob="innerHTML">1 of 2</span>' in numbers.text
    tabs = re.findall(r'id="tab-(\w+)" hx-swap-oob="innerHTML">([^<]*)<', numbers.text)
    assert dict(tabs) == {"open": "2", "mine": "1", "all": "3"}


def test_numbers_are_kept_for_half_a_minute_and_told_as_many_where_nobody_could_count_in_time(
    client: Client, sami: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[Any] = []

    def slow(rows: Any) -> paging.Count:
        counted.append(rows)
        return paging.Count(None, exact=False)

    monkeypatch.setattr(paging, "count", slow)

    first = client.get(reverse("records:counts"))
    again = client.get(reverse("records:counts"))

    assert ">many</span>" in first.text
    assert first.text == again.text
    assert len(counted) == 3


def test_the_filter_form_offers_every_filter_and_shows_what_is_in_use(
    client: Client, sami: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_indexes, "ready", lambda fields: {field.pk for field in fields})
    Tag.objects.create(name="brewery")
    CustomField.objects.create(key="machines", label="Machines", kind="number", is_filterable=True)
    for model in (Source, Campaign, Offering, Interest, Persona):
        model.objects.create(name="One of them")

    page = client.get(
        reverse("records:filter"), {"owner": "me", "stage": "mql", "city": "Oslo", "tab": "all", "import": "7"}
    )
    sheet = client.get(reverse("records:filter"), headers=HTMX)

    offered = set(re.findall(r'name="([\w.]+)"', page.text))
    typed = {name for name, one in LeadFilter.base_filters.items() if one.is_typed}
    assert set(LeadFilter.base_filters) - typed == {"import", "segment", "told"}, (
        "of all filters, these come from links alone"
    )
    assert typed - {"q"} | {"custom.machines.min", "custom.machines.max"} <= offered
    assert re.search(r'name="owner" value="me" checked', page.text)
    assert re.search(r'name="stage" value="\d+" checked> <span>MQL', page.text)
    assert 'name="city" value="Oslo"' in page.text
    for kept in ('name="tab" value="all"', 'name="import" value="7"'):
        assert f'<input type="hidden" {kept}>' in page.text, "no form asks for it, and none loses it"
    assert "<html" not in sheet.text
    assert 'action="/leads/"' in sheet.text


@pytest.mark.usefixtures("sami")
@pytest.mark.parametrize("days", ["²", "nine", "-1", "0", "9" * 400])
def test_the_filter_form_leaves_out_days_that_are_none(client: Client, days: str) -> None:
    page = client.get(reverse("records:filter"), {"active_in": days})

    assert page.status_code == HTTPStatus.OK
    assert f'<option value="{days}"' not in page.text
    assert '<option value="12" selected>' in client.get(reverse("records:filter"), {"active_in": "12"}).text


@pytest.mark.usefixtures("sami")
@pytest.mark.parametrize(("given", "kind"), [("2026-11-22", ' type="date"'), ("2026-11-22T09:30:00Z", "")])
def test_the_filter_form_keeps_a_moment_that_is_no_whole_day(client: Client, given: str, kind: str) -> None:
    page = client.get(reverse("records:filter"), {"created_after": given}).text

    assert f'id="filter_created_after"{kind} name="created_after" value="{given}"' in page


def test_the_filter_form_keeps_what_is_chosen_beyond_its_boxes_and_takes_a_name(
    client: Client, sami: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filtering, "_MOST_BOXES", 2)
    ant, bee, cow, retired = (
        Tag.objects.create(name=name, is_active=is_active)
        for name, is_active in (("ant", True), ("bee", True), ("cow", True), ("ago", False))
    )
    away = person("Zoe Away")

    page = client.get(reverse("records:filter"), {"tag": ["cow", "ago"], "owner": [sami.email, away.email]}).text

    def boxes(name: str) -> list[tuple[str, str]]:
        return re.findall(rf'type="checkbox" name="{name}" value="(\w+)" (checked)?>', page)

    drawn = [(ant.pk, ""), (bee.pk, ""), (cow.pk, "checked"), (retired.pk, "checked")]
    assert sorted(boxes("tag")) == sorted((str(pk), mark) for pk, mark in drawn)
    assert {("me", "checked"), (str(away.pk), "checked")} <= set(boxes("owner"))
    assert '<input class="form-control" name="tag" placeholder="Another one"' in page
    assert '<input class="form-control" name="source"' not in page
    cow.delete()
    assert 'name="tag" placeholder' not in client.get(reverse("records:filter")).text


def test_who_only_reads_sees_the_list_and_nothing_to_create(client: Client) -> None:
    one = lead()
    client.force_login(person("Rita Reader", Role.READ_ONLY))

    page = client.get(LEADS)

    assert shown(page.text) == [one.pk]
    assert reverse("records:new") not in page.text


def test_the_list_is_for_colleagues_alone(client: Client) -> None:
    assert client.get(LEADS)["Location"].startswith("/accounts/login/")


def test_a_lead_that_waits_to_be_sorted_says_by_whom_and_until_when(client: Client, sami: Person) -> None:
    one = LeadFactory.create()
    Lead.objects.filter(pk=one.pk).update(to_sort_by=sami, to_sort_until=NOON.date() - dt.timedelta(days=1))

    page = client.get(LEADS)

    assert "Sami R. sorts it by" in page.text
    assert '<span class="line hands is-missed medium">' in page.text


@pytest.mark.usefixtures("sami")
def test_a_lead_that_sleeps_says_until_when_and_why(client: Client) -> None:
    sleep = {"asleep_until": "2026-12-24", "asleep_reason": 'Budget "2027"'}
    actions.change(lead(), sleep, by=None, at=NOON)

    page = client.get(LEADS)

    assert '<span class="line hands " title="Budget &quot;2027&quot;">' in page.text
    assert '<span class="sr">, <bdi>Budget &quot;2027&quot;</bdi></span>' in page.text
