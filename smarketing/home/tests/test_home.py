"""My day: Mara sells, Priya does marketing; each sees what is their turn, and each number opens its list."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from html import unescape
from http import HTTPStatus

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from leads.records import actions
from leads.records.models import Lead
from leads.records.tests.factories import NOON, lead, person, stage
from smarketing.home import waiting
from workspace.journal import actions as journal
from workspace.journal.models import JournalEntry, Way
from workspace.people.models import Person
from workspace.people.roles import Role

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def mara() -> Person:
    return person("Mara Lindholm")


@pytest.fixture
def priya() -> Person:
    return person("Priya Raman", Role.MARKETER)


@pytest.fixture
def as_mara(client: Client, mara: Person) -> Client:
    client.force_login(mara)
    return client


def with_step(step: str, due_at: datetime, **values: object) -> Lead:
    made = lead(f"{step.lower().replace(' ', '.')}@kestrel.example", **values)
    return actions.set_next_step(made, step, due_at=due_at, by=None, at=NOON)


def groups(who: Person) -> dict[str, list[str]]:
    return {
        group.key: [one.next_step or one.email for one in group.leads] for group in waiting.Waiting(who, NOON).groups
    }


def test_steps_due_today_wait_with_the_most_overdue_first(mara: Person, priya: Person) -> None:
    with_step("Tonight", NOON + 8 * HOUR, owner=mara)
    with_step("Long ago", NOON - 9 * DAY, owner=mara)
    with_step("Tomorrow", NOON + DAY, owner=mara)
    with_step("Of somebody else", NOON, owner=person("Felix Brandt"))
    with_step("Of marketing", NOON, marketer=priya)

    assert groups(mara) == {"due": ["Long ago", "Tonight"]}
    assert groups(priya) == {"due": ["Of marketing"]}


def test_a_lead_with_an_owner_is_no_longer_the_marketers_turn(mara: Person, priya: Person) -> None:
    with_step("Call", NOON, owner=mara, marketer=priya)

    assert groups(mara) == {"due": ["Call"]}
    assert groups(priya) == {}


def test_open_leads_without_a_step_wait_unless_they_sleep(mara: Person) -> None:
    lead("still@kestrel.example", owner=mara)
    lead("asleep@kestrel.example", owner=mara, asleep_until=(NOON + DAY).date(), asleep_reason="The fair")
    lead("awake@kestrel.example", owner=mara, asleep_until=NOON.date(), asleep_reason="The fair")
    won = lead("won@kestrel.example", owner=mara)
    actions.move(won, stage("won"), by=None, at=NOON)

    assert groups(mara) == {"still": ["still@kestrel.example", "awake@kestrel.example"]}


def test_what_is_to_be_sorted_waits_with_who_sorts_it(mara: Person, priya: Person) -> None:
    made = lead("badge@kestrel.example")
    Lead.objects.filter(pk=made.pk).update(to_sort_by=priya, to_sort_until=NOON.date())

    assert groups(priya) == {"sort": ["badge@kestrel.example"]}
    assert groups(mara) == {}


def test_the_badge_counts_what_is_due_and_to_sort_once(mara: Person) -> None:
    due = with_step("Call", NOON, owner=mara)
    Lead.objects.filter(pk=due.pk).update(to_sort_by=mara)
    lead("still@kestrel.example", owner=mara)

    assert list(waiting.badge(mara)) == [due]


@pytest.mark.parametrize("who", ["mara", "priya"])
def test_every_number_opens_the_list_of_what_it_counts(
    client: Client, request: pytest.FixtureRequest, who: str
) -> None:
    visitor: Person = request.getfixturevalue(who)
    hand = "owner" if who == "mara" else "marketer"
    for number in range(10):
        with_step(f"Step {number}", NOON - number * DAY, **{hand: visitor})
        lead(f"still{number}@kestrel.example", **{hand: visitor})
        made = lead(f"badge{number}@kestrel.example")
        Lead.objects.filter(pk=made.pk).update(to_sort_by=visitor)
    lead("elsewhere@kestrel.example", owner=person("Felix Brandt"), marketer=visitor)
    client.force_login(visitor)

    found = {group.key: group for group in waiting.Waiting(visitor, NOON).groups}
    listed = {key: client.get(group.url).context["listing"].page.items for key, group in found.items()}

    assert {key: group.count.number for key, group in found.items()} == {"due": 10, "sort": 10, "still": 10}
    assert {key: len(rows) for key, rows in listed.items()} == {"due": 10, "sort": 10, "still": 10}
    for key, group in found.items():
        assert {one.pk for one in group.leads} <= {one.pk for one in listed[key]}
        assert group.is_cut


def test_numbers_of_the_departments_open_their_lists(as_mara: Client, mara: Person, priya: Person) -> None:
    with_step("Call", NOON, stage="sql", owner=mara)
    lead("fresh@kestrel.example", marketer=priya)
    lead("old@kestrel.example", created_at=NOON - 30 * DAY, asleep_until=(NOON + DAY).date(), asleep_reason="The fair")
    won = lead("won@kestrel.example", stage="proposal", owner=mara)
    actions.move(won, stage("won"), by=None, at=NOON)

    page = as_mara.get(reverse("home_numbers")).text
    numbers = re.findall(r'href="([^"]+)"><span[^>]*>(\d+)</span> <span[^>]*>([^<]+)<', page)
    listed = [len(as_mara.get(unescape(url)).context["listing"].page.items) for url, _count, _words in numbers]

    assert [(int(count), words) for _url, count, words in numbers] == [
        (2, "open leads"), (1, "without a next step"), (2, "new in 7 days"),
        (1, "open leads"), (0, "without a next step"), (1, "won in 4 weeks"),
    ]  # fmt: skip
    assert listed == [2, 1, 2, 1, 0, 1]


def test_a_step_is_ticked_off_with_a_word(as_mara: Client, mara: Person) -> None:
    made = with_step("Call Anke", NOON - HOUR, owner=mara)
    url = reverse("home_finish_step", args=[made.pk])

    asked = as_mara.get(url, headers={"HX-Request": "true"})
    answered = as_mara.post(url, {"text": "Reached her."}, headers={"HX-Request": "true"})

    assert "Call Anke" in asked.text
    assert answered.headers["HX-Retarget"] == "#waiting"
    assert "Call Anke" not in answered.text
    entry = JournalEntry.objects.get(verb="lead.next_step_done")
    assert (entry.actor, entry.way, entry.personal["text"]) == (mara, "web", "Reached her.")


def test_without_htmx_ticking_off_returns_home(as_mara: Client, mara: Person) -> None:
    made = with_step("Call Anke", NOON - HOUR, owner=mara)

    page = as_mara.post(reverse("home_finish_step", args=[made.pk]), {"text": ""}, follow=True)

    assert page.redirect_chain == [(reverse("home"), HTTPStatus.FOUND)]
    assert "Done. What comes next for" in page.text


def test_a_step_that_is_done_already_says_so(as_mara: Client, mara: Person) -> None:
    made = lead(owner=mara)

    page = as_mara.post(reverse("home_finish_step", args=[made.pk]), {"text": ""})

    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "No next step is set." in page.text


def test_who_may_only_look_ticks_nothing_off(client: Client, mara: Person) -> None:
    made = with_step("Call", NOON, owner=mara)
    client.force_login(person("Samuel Okafor", Role.READ_ONLY))

    assert client.post(reverse("home_finish_step", args=[made.pk])).status_code == HTTPStatus.FORBIDDEN
    assert client.get(reverse("home")).status_code == HTTPStatus.OK


def test_colleagues_are_told_of_and_the_visitor_is_not(as_mara: Client, mara: Person, priya: Person) -> None:
    made = lead("anke@kestrel.example", first_name="Anke", last_name="Vollmer")
    actions.log_talk(made, actions.Talk.CALL, text="Wants a pilot.", by=priya, at=NOON)
    actions.log_talk(made, actions.Talk.CALL, text="I called too.", by=mara, at=NOON)
    actions.log_talk(made, actions.Talk.NOTE, text="Last year.", by=priya, at=NOON, happened_at=NOON - 8 * DAY)
    with journal.by_way(Way.IMPORT):
        actions.log_talk(made, actions.Talk.NOTE, text="One of a thousand lines.", by=priya, at=NOON)

    page = as_mara.get(reverse("home")).text

    assert "Wants a pilot." in page
    assert "Anke Vollmer" in page
    assert "I called too." not in page
    assert "Last year." not in page
    assert "One of a thousand lines." not in page


def test_an_empty_day_says_what_will_stand_here(as_mara: Client) -> None:
    lead("of.somebody.else@kestrel.example")

    page = as_mara.get(reverse("home")).text

    assert "Nothing waits for you" in page
    assert reverse("records:leads") in page


def test_an_empty_workspace_says_how_to_begin(as_mara: Client) -> None:
    page = as_mara.get(reverse("home")).text

    assert "No lead is here yet" in page
    assert "Nothing waits for you" not in page


def test_marketing_sees_who_came_in(client: Client, priya: Person) -> None:
    lead("fresh@kestrel.example")
    client.force_login(priya)

    assert "fresh@kestrel.example" in client.get(reverse("home")).text


@pytest.mark.parametrize("rows", [1, 20])
def test_my_day_costs_the_same_queries_at_any_length(
    client: Client, priya: Person, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    for number in range(rows):
        made = with_step(f"Step {number}", NOON, marketer=priya, company=f"Company {number}", source=f"Source {number}")
        lead(f"still{number}@kestrel.example", marketer=priya)
        colleague = person(f"Colleague {number}")
        actions.log_talk(made, actions.Talk.CALL, text="Said.", by=colleague, at=NOON)
        other = lead(f"badge{number}@kestrel.example")
        Lead.objects.filter(pk=other.pk).update(to_sort_by=priya)
    client.force_login(priya)
    client.get(reverse("home"))

    # Session, visitor, two of permissions, departments, roles; promises; due, to sort, without a step; newest; entries, their
    # actors' departments, their leads; the workspace's name.
    with django_assert_num_queries(15):
        client.get(reverse("home"))
