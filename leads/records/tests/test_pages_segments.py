"""The pages of saved lists: Sami saves his, Lena leads sales and shares with everybody, Mara markets."""

import re
from html import unescape
from http import HTTPStatus

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from leads.funnel.models import Tag
from leads.records import actions
from leads.records.models import Lead, ListShape, Segment
from leads.records.tests.factories import NOON, lead, person
from workspace.people.models import Person
from workspace.people.roles import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tuesday_noon")]

LEADS, SEGMENTS, NEW = "/leads/", "/leads/segments/", "/leads/segments/new/"


def shown(text: str) -> list[int]:
    """The ids of the rows, in order."""
    return [int(pk) for pk in re.findall(r'<tr id="lead-(\d+)"', text)]


def chips(text: str) -> dict[str, str]:
    """The words of the chips, with the address to which the cross of each leads."""
    found = re.findall(r'<span class="chip [^>]*>.*?<bdi>(.*?)</bdi>.*?<a href="([^"]*)"', text, re.DOTALL)
    return {unescape(words): unescape(address) for words, address in found}


def tabs(text: str) -> list[str]:
    strip = re.search(r'<nav class="tabs" id="tabs".*?</nav>', text, re.DOTALL)
    assert strip
    found = re.findall(r'<a class="tab"[^>]*>(.*?)</a>', strip[0], re.DOTALL)
    return [unescape(re.sub(r"<[^>]+>", "", one)).strip() for one in found]


def current(text: str) -> str:
    [words] = re.findall(r'<a class="tab"[^>]*aria-current="page"[^>]*>(.*?)</a>', text, re.DOTALL)
    return unescape(re.sub(r"<[^>]+>", "", words)).strip()


def saved(by: Person, query: str = "", **values: object) -> Segment:
    return actions.create_segment({"name": "Fair in Oslo", "query": query, **values}, by=by, at=NOON)


def test_a_list_is_saved_with_what_one_sees_and_becomes_a_tab(client: Client, sami: Person) -> None:
    norway, _sweden = lead(country="Norway"), lead(country="Sweden")
    actions.choose_columns(sami, [("city", "usual")])

    form = client.get(NEW, {"country": "Norway", "ordering": "name", "cursor": "x"})
    action = unescape(re.findall(r'<form class="column-form" method="post" action="([^"]*)"', form.text)[0])
    page = client.post(action, {"name": "Fair in Oslo", "shared_with": "private"}, follow=True)

    segment = Segment.objects.get()
    assert page.redirect_chain == [(f"/leads/?segment={segment.pk}", HTTPStatus.FOUND)]
    assert (segment.query, segment.ordering) == ("country=Norway&tab=open", "name")
    assert [key for key, _size in segment.columns] == ["name", "city"]
    assert shown(page.text) == [norway.pk]
    assert tabs(page.text) == ["All open", "My leads", "All", "Fair in Oslo", "All lists", "Save list"]
    assert current(page.text) == "Fair in Oslo"
    assert list(chips(page.text)) == ["All open", "Norway"]


def test_taking_a_filter_off_a_saved_list_departs_from_it_until_it_is_saved(client: Client, sami: Person) -> None:
    norway, sweden = lead(country="Norway"), lead(country="Sweden")
    segment = saved(sami, "country=Norway&tab=open", ordering="name")

    away = client.get(chips(client.get(LEADS, {"segment": segment.pk}).text)["Norway"])
    keep = unescape(re.findall(r'action="(/leads/segments/[^"]*keep/[^"]*)"', away.text)[0])
    kept = client.post(keep, follow=True)

    assert {*shown(away.text)} == {norway.pk, sweden.pk}
    assert current(away.text) == "Fair in Oslo"
    assert "Save to “Fair in Oslo”" in away.text
    segment.refresh_from_db()
    assert (segment.query, segment.ordering) == ("tab=open", "name")
    assert kept.redirect_chain[0][0] == f"/leads/?segment={segment.pk}"


def test_searching_within_a_saved_list_stays_in_it(client: Client, sami: Person) -> None:
    anke = lead("anke@ostertal.example", country="Norway")
    lead("ben@corvane.example", country="Norway"), lead("anke@corvane.example", country="Sweden")
    segment = saved(sami, "country=Norway")

    page = client.get(f"{LEADS}?segment={segment.pk}&q=anke")

    assert shown(page.text) == [anke.pk]
    assert f'<input type="hidden" name="segment" value="{segment.pk}">' in page.text


def test_the_form_of_filters_begins_with_those_of_the_saved_list(client: Client, sami: Person) -> None:
    segment = saved(sami, "country=Norway&tab=mine")
    page = client.get(LEADS, {"segment": segment.pk})
    address = unescape(re.findall(r'class="chip chip-add" href="([^"]*)"', page.text)[0])

    form = client.get(address).text

    assert 'name="country" value="Norway"' in form
    assert '<input type="hidden" name="tab" value="mine">' in form
    assert f'<input type="hidden" name="of" value="{segment.pk}">' in form


def test_the_list_of_leads_opens_on_the_default_and_the_other_tabs_stay_reachable(client: Client, sami: Person) -> None:
    norway, sweden = lead(country="Norway"), lead(country="Sweden")
    segment = saved(sami, "country=Norway")

    client.post(f"{SEGMENTS}{segment.pk}/default/")
    opened = client.get(LEADS, follow=True)
    everything = client.get(LEADS, {"tab": "open"})
    again = client.post(f"{SEGMENTS}{segment.pk}/default/", follow=True)

    assert opened.redirect_chain == [(f"/leads/?segment={segment.pk}", HTTPStatus.FOUND)]
    assert shown(opened.text) == [norway.pk]
    assert {*shown(everything.text)} == {norway.pk, sweden.pk}
    assert "Leads opens on all open leads." in again.text
    assert ListShape.objects.get(person=sami).default is None


def test_clearing_filters_leads_out_of_the_default_list(client: Client, sami: Person) -> None:
    lead(country="Sweden")
    segment = saved(sami, "country=Norway")
    actions.choose_default(sami, segment)

    page = client.get(LEADS, {"segment": segment.pk}).text

    assert 'href="/leads/?tab=all">Clear search and filters' in page


def test_a_list_that_asks_for_what_is_gone_shows_no_lead_and_says_what_is_missing(client: Client, sami: Person) -> None:
    Tag.objects.create(name="Fair")
    one = lead()
    segment = saved(sami, "tag=Fair&country=Norway")
    Tag.objects.all().delete()

    page = client.get(LEADS, {"segment": segment.pk})
    mended = client.get(chips(page.text)["Fair"])

    assert page.status_code == HTTPStatus.OK
    assert shown(page.text) == []
    assert "This list asks for something that is gone" in page.text
    assert "No tag is called “Fair”." in page.text
    assert list(chips(mended.text)) == ["Norway"]
    assert client.get("/leads/counts/", {"segment": segment.pk}).status_code == HTTPStatus.OK
    assert one.pk not in shown(client.get(f"{LEADS}?segment={segment.pk}&tab=all").text)


@pytest.mark.parametrize("given", ["9999", "x", "٣", "9" * 30])
def test_a_list_that_was_deleted_or_never_was_shows_no_lead_and_leads_on(
    client: Client, sami: Person, given: str
) -> None:
    lead()

    page = client.get(LEADS, {"segment": given})

    assert shown(page.text) == []
    assert "There is no such saved list" in page.text


def test_somebody_elses_private_list_cannot_be_told_from_none(client: Client, sami: Person) -> None:
    lead(country="Norway")
    tinas = saved(person("Tina Rep"), "country=Norway")

    answers = [
        client.get(f"{SEGMENTS}{tinas.pk}/").status_code,
        client.post(f"{SEGMENTS}{tinas.pk}/keep/").status_code,
        client.post(f"{SEGMENTS}{tinas.pk}/default/").status_code,
        client.post(f"{SEGMENTS}{tinas.pk}/delete/").status_code,
    ]

    assert answers == [HTTPStatus.NOT_FOUND] * 4
    assert "There is no such saved list" in client.get(LEADS, {"segment": tinas.pk}).text
    assert "Fair in Oslo" not in client.get(LEADS).text


def test_a_shared_list_is_read_by_all_and_changed_by_its_owner(client: Client, sami: Person) -> None:
    lena = person("Lena Lead", Role.DEPARTMENT_LEAD)
    lead(country="Norway", city="Bergen")
    segment = saved(lena, "country=Norway", sharing="all", columns=[("city", "usual")])

    page = client.get(LEADS, {"segment": segment.pk}).text
    answers = [
        client.get(f"{SEGMENTS}{segment.pk}/").status_code,
        client.post(f"{SEGMENTS}{segment.pk}/keep/").status_code,
        client.post(f"{SEGMENTS}{segment.pk}/delete/").status_code,
        client.post(f"/leads/columns/?segment={segment.pk}", {"usual": "1"}).status_code,
    ]

    assert "Bergen" in page
    assert "Rename, share or delete" not in page
    assert answers == [HTTPStatus.FORBIDDEN] * 4
    segment.refresh_from_db()
    assert segment.columns


def test_a_list_is_renamed_shared_and_deleted_once_asked(client: Client, sami: Person) -> None:
    segment = saved(sami, "country=Norway")
    address = f"{SEGMENTS}{segment.pk}/"

    form = client.get(address).text
    changed = client.post(address, {"name": "Oslo", "shared_with": "S", "is_default": "on"}, follow=True)
    asked = client.get(f"{address}delete/").text
    there = Segment.objects.filter(pk=segment.pk).exists()
    gone = client.post(f"{address}delete/", follow=True)

    assert 'value="S"' in form
    assert 'value="all"' not in form
    assert 'value="M"' not in form
    assert current(changed.text) == "Oslo"
    assert "goes for everybody with whom it is shared" in asked
    assert there
    assert "The list “Oslo” is deleted." in gone.text
    assert not Segment.objects.exists()
    assert ListShape.objects.get(person=sami).default is None


def test_a_name_that_is_taken_comes_back_in_the_form(client: Client, sami: Person) -> None:
    saved(sami)

    page = client.post(f"{NEW}?country=Norway", {"name": "fair in oslo", "shared_with": "private"})

    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "There is a saved list of this name already." in page.text
    assert Segment.objects.count() == 1


def test_the_columns_of_a_saved_list_are_its_own(client: Client, sami: Person) -> None:
    lead(country="Norway", city="Bergen")
    segment = saved(sami, "country=Norway")

    client.post(f"/leads/columns/?segment={segment.pk}", {"order": ["city"], "shown": ["city"]})

    assert "Bergen" in client.get(LEADS, {"segment": segment.pk}).text
    assert "Bergen" not in client.get(LEADS, {"tab": "open"}).text


def test_the_page_of_saved_lists_says_whose_they_are(client: Client, sami: Person) -> None:
    empty = client.get(SEGMENTS).text
    lena = person("Lena Lead", Role.DEPARTMENT_LEAD)
    saved(sami), saved(lena, name="<b>Big</b>", sharing="all")
    Person.objects.filter(pk=lena.pk).update(is_active=False)

    page = client.get(SEGMENTS).text

    assert "No list is saved yet" in empty
    assert "&lt;b&gt;Big&lt;/b&gt;" in page
    assert "everybody, by Lena Lead" in page
    assert "who has left" in page


def test_tabs_stay_few_and_the_shown_one_is_among_them(client: Client, sami: Person) -> None:
    lists = [saved(sami, name=f"List {number:02}") for number in range(12)]

    page = client.get(LEADS, {"segment": lists[-1].pk}).text

    assert tabs(page)[3:-2] == ["List 00", "List 01", "List 02", "List 03", "List 04", "List 11"]


@pytest.mark.parametrize("rows", [1, 20])
def test_a_saved_list_costs_the_same_queries_at_any_length_and_number_of_lists(
    client: Client, sami: Person, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    for number in range(rows):
        lead(country="Norway", owner=sami, value="100")
        saved(sami, name=f"List {number}")
    segment = saved(sami, "country=Norway")

    # As the list of all, with the saved list read by the filter and by the page.
    with django_assert_num_queries(12):
        page = client.get(LEADS, {"segment": segment.pk})
    with django_assert_num_queries(9):
        client.get(SEGMENTS)

    assert len(shown(page.text)) == rows


def test_the_numbers_of_saved_lists_come_after_the_page(client: Client, sami: Person) -> None:
    lead(country="Norway"), lead(country="Sweden")
    segment = saved(sami, "country=Norway")

    numbers = client.get("/leads/counts/", {"segment": segment.pk}).text

    assert re.search(rf'id="tab-saved-{segment.pk}"[^>]*>1<', numbers)
    assert "1 of 2" in numbers


def test_the_way_from_lead_to_lead_stays_in_the_saved_list(client: Client, sami: Person) -> None:
    first, _sweden, last = lead(country="Norway"), lead(country="Sweden"), lead(country="Norway")
    segment = saved(sami, "country=Norway", ordering="created_at")
    page = client.get(LEADS, {"segment": segment.pk}).text
    address = unescape(re.findall(r'<a class="medium" href="([^"]*)"', page)[0])

    walk = client.get(address).text

    assert shown(page) == [first.pk, last.pk]
    assert f"/leads/{last.pk}/?list=segment%3D{segment.pk}" in walk
    assert Lead.objects.count() == 3
