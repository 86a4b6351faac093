"""The columns of the list of leads: Sami chooses his own, and nobody else's list changes."""

import re
from datetime import timedelta
from html import unescape
from http import HTTPStatus
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from leads.records import actions, columns
from leads.records.columns import FIRST, SIZES, Size
from leads.records.forms.columns import ColumnsForm
from leads.records.models import CustomField, ListShape
from leads.records.tests.factories import NOON, closed_lead, lead, person
from leads.records.tests.tables import bare_parts
from workspace.people.models import Person
from workspace.people.roles import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tuesday_noon")]

HTMX = {"HX-Request": "true"}
LEADS, COLUMNS = "/leads/", "/leads/columns/"
USUAL = [key for key, _size in columns.usual()]


def heads(text: str) -> list[str]:
    """The heads of the table, in order."""
    found = re.findall(r'<th role="columnheader".*?</th>', text, re.DOTALL)
    return [" ".join(unescape(re.sub(r"<[^>]+>", " ", head)).split()) for head in found]


def ordered(text: str) -> list[str]:
    """The columns of the form, in order."""
    return re.findall(r'name="order" value="([^"]+)"', text)


def test_the_columns_that_somebody_chose_stand_in_their_order_in_their_own_lists_alone(
    client: Client, sami: Person
) -> None:
    tina = person("Tina Rep")
    lead("anke@ostertal.example", city="Oslo", tags=["Fair", "Brewery"], source="Website")

    actions.choose_columns(sami, [("city", "usual"), ("tags", "wide"), (FIRST, "usual"), ("source", "narrow")])
    mine = client.get(LEADS).text
    client.force_login(tina)
    hers = client.get(LEADS).text

    assert heads(mine) == ["Lead", "City", "Tags", "Source"]
    assert ["Oslo" in mine, "Brewery, Fair" in mine, "Website" in mine] == [True] * 3
    assert len(heads(hers)) == len(USUAL)
    assert "Oslo" not in hers


def test_every_column_can_be_shown_of_leads_that_have_all_and_of_leads_that_have_nothing(
    client: Client, sami: Person
) -> None:
    lead(name_only := "nobody@kestrel.example")
    closed_lead("lost", owner=sami, value="100", tags=["Fair"], interests=["Audit"], crm_url="https://crm.example/1")

    known = columns.entries()
    actions.choose_columns(sami, [(key, "usual") for key in known])
    page = client.get(LEADS, {"tab": "all"})

    assert len(heads(page.text)) == len(known)
    assert page.text.count('<td role="cell"') == 2 * len(known)
    assert [name_only in page.text, "https://crm.example/1" in page.text, "Audit" in page.text] == [True] * 3
    assert bare_parts(page.text) == []


@pytest.mark.parametrize("chosen", [[], [*columns.entries()], ["name", "custom.region", "tags"]])
@pytest.mark.parametrize("rows", [1, 20])
def test_a_list_costs_the_same_queries_whatever_columns_were_chosen(
    client: Client, sami: Person, django_assert_num_queries: DjangoAssertNumQueries, rows: int, chosen: list[str]
) -> None:
    mara = person("Mara Marketer", Role.MARKETER)
    CustomField.objects.create(key="region", label="Region")
    for number in range(rows):
        lead(company=f"Company {number}", owner=sami, marketer=mara, tags=["Fair"], custom={"region": "North"})
    actions.choose_columns(sami, [(key, "usual") for key in chosen])

    # Session, visitor, permissions (2), columns, leads with values and leads without, workspace name, roles, departments.
    with django_assert_num_queries(10):
        client.get(LEADS)


def test_an_own_field_is_a_column_like_any_other_and_leaves_the_list_when_it_is_retired(
    client: Client, sami: Person
) -> None:
    region = CustomField.objects.create(key="region", label="Sales region")
    CustomField.objects.create(key="is_key", label="Key account", kind=CustomField.Kind.YES_NO)
    lead(custom={"region": "Up <North>", "is_key": "yes"})
    actions.choose_columns(sami, [("custom.region", "wide"), ("custom.is_key", "usual")])

    before = client.get(LEADS).text
    region.is_active = False
    region.save(update_fields=["is_active"])
    after = client.get(LEADS).text

    assert heads(before) == ["Lead", "Sales region", "Key account"]
    assert "Up &lt;North&gt;" in before
    assert heads(after) == ["Lead", "Key account"]


@pytest.mark.parametrize(
    "chosen",
    [[("nonsense", "usual")], [("city", "enormous")], [("custom.nobody", "usual")]],
)
def test_what_is_no_column_or_no_size_is_refused_and_nothing_is_kept(sami: Person, chosen: list[Any]) -> None:
    actions.choose_columns(sami, [("city", "usual")])

    with pytest.raises(ValidationError) as refused:
        actions.choose_columns(sami, chosen)

    assert set(refused.value.message_dict) == {"columns"}
    assert ListShape.objects.get(person=sami).columns == [[FIRST, "usual"], ["city", "usual"]]


def test_more_columns_than_anybody_can_read_are_refused(sami: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "MOST_COLUMNS", 3)

    with pytest.raises(ValidationError, match="Up to 3 columns"):
        actions.choose_columns(sami, [(key, "usual") for key in ("city", "country", "industry", "phone")])


def test_columns_are_chosen_moved_and_sized_by_buttons_without_javascript(client: Client, sami: Person) -> None:
    lead()
    form = client.get(COLUMNS, {"tab": "all"}).text
    order = ordered(form)
    filled = {"order": order, "shown": ["company", "city"], "size.city": "wide"}

    moved = client.post(f"{COLUMNS}?tab=all", {**filled, "up": "city"}).text
    for _step in range(order.index("city")):
        moved = client.post(f"{COLUMNS}?tab=all", {**filled, "order": ordered(moved), "up": "city"}).text
    nothing_yet = ListShape.objects.filter(person=sami).exists()
    saved = client.post(f"{COLUMNS}?tab=all", {**filled, "order": ordered(moved)}, follow=True)

    assert order[: len(USUAL)] == USUAL
    assert ordered(moved)[:2] == [FIRST, "city"]
    assert not nothing_yet
    assert saved.redirect_chain == [("/leads/?tab=all", HTTPStatus.FOUND)]
    assert heads(saved.text) == ["Lead", "City", "Company"]
    assert ListShape.objects.get(person=sami).columns[1] == ["city", "wide"]


def test_the_pressed_button_keeps_the_focus_and_at_the_end_of_the_way_the_other_one_takes_it(
    client: Client, sami: Person
) -> None:
    order = ordered(client.get(COLUMNS).text)

    higher = client.post(COLUMNS, {"order": order, "up": order[3]}, headers=HTMX).text
    first = client.post(COLUMNS, {"order": order, "up": order[2]}, headers=HTMX).text

    assert re.search(rf'name="up" value="{order[3]}"[^>]*autofocus', higher)
    assert re.search(rf'name="down" value="{order[2]}"[^>]*autofocus', first)
    assert "<html" not in first


def test_the_usual_columns_come_back_with_one_button(client: Client, sami: Person) -> None:
    lead()
    actions.choose_columns(sami, [("city", "usual")])

    page = client.post(COLUMNS, {"order": USUAL, "usual": "1"}, follow=True)

    assert len(heads(page.text)) == len(USUAL)


def test_a_form_with_a_size_that_there_is_not_comes_back_and_says_so(client: Client, sami: Person) -> None:
    page = client.post(COLUMNS, {"order": USUAL, "shown": ["city"], "size.city": "<b>"})

    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "“&lt;b&gt;” is none of" in page.text


@given(
    order=st.lists(st.sampled_from([*columns.entries(), "gone"])),
    shown=st.sets(st.sampled_from([*columns.entries(), "gone"])),
    move=st.sampled_from(["up", "down"]),
    key=st.sampled_from([*columns.entries(), "gone"]),
)
def test_whatever_a_form_sends_each_column_stands_in_it_once_and_the_first_stays_first(
    order: list[str], shown: set[str], move: str, key: str
) -> None:
    data = QueryDict(mutable=True)
    data.setlist("order", order)
    data.setlist("shown", list(shown))
    data[move] = key

    form = ColumnsForm(columns.entries(), columns.usual(), data)
    lines = [line.column.key for line in form.lines]

    assert sorted(lines) == sorted(columns.entries())
    assert {one for one, _size in form.chosen} == (shown | {FIRST}) - {"gone"}


@pytest.mark.parametrize("size", list(SIZES))
def test_a_wider_size_never_takes_less_room(size: Size) -> None:
    for column in columns.entries().values():
        assert column.pixels_in(Size.NARROW) <= column.pixels_in(size) <= column.pixels_in(Size.WIDEST)


def test_a_table_of_many_columns_scrolls_and_one_of_few_does_not(client: Client, sami: Person) -> None:
    lead(created_at=NOON - timedelta(days=1))

    usual = client.get(LEADS).text
    actions.choose_columns(sami, [(key, "widest") for key in columns.entries()])
    many = client.get(LEADS).text

    assert "at-least-" not in usual
    assert 'width="16%"' in usual
    assert 'at-least-4000"' in many
    assert "%" not in "".join(re.findall(r"<col [^>]*>", many))
