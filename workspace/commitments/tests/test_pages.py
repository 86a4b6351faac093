"""The pages of promises: Priya of marketing owes, Mara of sales is owed; Tuesday, half past ten."""

from collections.abc import Iterator
from http import HTTPStatus

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from workspace.commitments import actions
from workspace.commitments.models import Commitment
from workspace.commitments.options import PRACTICE
from workspace.commitments.tests.owing import TEN, at, department, draft, promise
from workspace.people.models import Person
from workspace.people.roles import Role
from workspace.tests.people import person

pytestmark = pytest.mark.django_db
LIST = "/commitments/"
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _half_past_ten() -> Iterator[None]:
    with time_machine.travel(at("17T10:30"), tick=False):
        yield


def seen(client: Client, who: Person, **query: str) -> list[str]:
    """The texts of the rows that `who` sees."""
    client.force_login(who)
    return [row.commitment.text for row in client.get(LIST, query).context["listing"].rows]


@pytest.mark.usefixtures("for_real")
def test_each_side_finds_what_it_owes_and_what_it_is_owed(client: Client, priya: Person, mara: Person) -> None:
    promise(priya, "Priya's")
    promise(None, "Marketing's")
    promise(mara, "Mara's", side="S")

    assert seen(client, priya) == ["Priya's"]
    assert sorted(seen(client, priya, tab="ours")) == ["Marketing's", "Priya's"]
    assert seen(client, priya, tab="theirs") == ["Mara's"]
    assert sorted(seen(client, mara, tab="theirs")) == ["Marketing's", "Priya's"]
    assert seen(client, priya, tab="steps") == []


@pytest.mark.usefixtures("for_real")
def test_states_are_told_apart(client: Client, priya: Person, mara: Person) -> None:
    promise(priya, "running", hours=5)
    promise(priya, "warned", hours=0.6)
    promise(priya, "missed", hours=0.25)
    actions.pause(promise(priya, "paused"), by=mara, at=TEN, reason="They are away")
    actions.finish(promise(priya, "kept"), by=priya, at=TEN, text="Here.")
    actions.finish(promise(priya, "kept late", hours=0.25), by=priya, at=at("17T10:20"))
    actions.cancel(promise(priya, "let go"), by=mara, at=TEN, reason="Found it")
    actions.tick(at("17T10:30"))

    found = {
        state: sorted(seen(client, priya, state=state))
        for state in ("open", "running", "warned", "missed", "paused", "kept", "kept_late", "cancelled")
    }

    assert found == {
        "open": ["missed", "paused", "running", "warned"],
        "running": ["missed", "running", "warned"],
        "warned": ["warned"],
        "missed": ["missed"],
        "paused": ["paused"],
        "kept": ["kept"],
        "kept_late": ["kept late"],
        "cancelled": ["let go"],
    }
    page = client.get(LIST).text
    assert "15 min late" in page
    assert 'data-state="warned"' in page
    assert "4 h 30 min left" in page
    assert "paused, 2 h left" in page


def test_in_practice_mode_nothing_is_red_and_only_the_revenue_lead_ends_it(
    client: Client, priya: Person, tomasz: Person
) -> None:
    promise(priya, "missed", hours=0.25)
    actions.tick(at("17T10:30"))
    client.force_login(priya)

    page = client.get(LIST).text
    assert "practice mode" in page
    assert 'data-state="missed"' not in page
    assert "was due today 10:15" in page
    assert client.post(reverse("commitments:start_clocks")).status_code == HTTPStatus.FORBIDDEN

    client.force_login(tomasz)
    assert "Start the clocks for real" in client.get(LIST).text
    client.post(reverse("commitments:start_clocks"))
    assert PRACTICE.get() is False


@pytest.mark.usefixtures("for_real")
def test_one_click_is_enough_and_the_row_answers(client: Client, priya: Person) -> None:
    made = promise(priya)
    client.force_login(priya)

    answer = client.post(reverse("commitments:done", args=[made.pk]), headers=HTMX)

    assert answer.headers["HX-Retarget"] == f"#commitment-{made.pk}"
    assert "kept, 30 min" in answer.text
    assert "Done: Answer the objection" in answer.text
    again = client.post(reverse("commitments:done", args=[made.pk]), headers=HTMX)
    assert again.status_code == HTTPStatus.CONFLICT


@pytest.mark.usefixtures("for_real")
def test_a_word_goes_to_the_other_side(client: Client, priya: Person, mara: Person) -> None:
    made = promise(priya)
    client.force_login(priya)
    url = reverse("commitments:done", args=[made.pk])
    assert "A word to whom it was owed" in client.get(url).text

    client.post(url, {"text": "One page, as promised."})

    client.force_login(mara)
    assert "One page, as promised." in client.get(made.get_absolute_url()).text


@pytest.mark.usefixtures("for_real")
def test_pausing_asks_for_a_reason_and_resuming_does_not(client: Client, priya: Person, mara: Person) -> None:
    made = promise(priya)
    client.force_login(mara)
    pause = reverse("commitments:pause", args=[made.pk])

    refused = client.post(pause, {"reason": ""})
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Say why" in refused.text
    page = client.post(pause, {"reason": "They are away"}, follow=True)
    assert "paused, 1 h 30 min left" in page.text
    assert "They are away" in page.text
    assert "told when the clock runs on" in page.text, "when it is due nobody knows until then"
    page = client.post(reverse("commitments:resume", args=[made.pk]), follow=True)
    assert "The clock runs on." in page.text
    assert "told when the clock runs on" not in page.text
    page = client.post(reverse("commitments:resume", args=[made.pk]), follow=True)
    assert "The clock runs already." in page.text


@pytest.mark.usefixtures("for_real")
def test_who_may_do_what_is_offered_and_nothing_else(client: Client, priya: Person, leo: Person, mara: Person) -> None:
    reader = person("Samuel Okafor", Role.READ_ONLY, "")
    made = promise(priya)
    acts = {act: reverse(f"commitments:{act}", args=[made.pk]) for act in ("done", "pause", "cancel")}
    offered, allowed = {}, {}
    for who in (priya, leo, mara, reader):
        client.force_login(who)
        page = client.get(made.get_absolute_url()).text
        offered[who.short_name] = [act for act, url in acts.items() if f'href="{url}"' in page]
        allowed[who.short_name] = [act for act, url in acts.items() if client.get(url).status_code == HTTPStatus.OK]

    assert offered == {
        "Priya R.": ["done"],
        "Leo C.": ["done", "pause"],
        "Mara L.": ["pause", "cancel"],
        "Samuel O.": [],
    }
    assert allowed == offered


def test_priya_promises_something_to_sales(client: Client, priya: Person, mara: Person) -> None:
    client.force_login(priya)
    url = reverse("commitments:new")
    assert "For which department" not in client.get(url).text

    given = {"text": "A reference", "debtor": priya.pk, "creditor": mara.pk, "hours": "2"}
    page = client.post(url, given, follow=True)

    made = Commitment.objects.get()
    assert "Promised: A reference" in page.text
    assert (made.debtor, made.creditor, made.target_seconds) == (priya, mara, 7_200)
    assert (made.debtor_department.key, made.creditor_department.key) == ("M", "S")  # type: ignore[union-attr]


def test_who_belongs_to_both_departments_says_for_which_one(client: Client, tomasz: Person) -> None:
    client.force_login(tomasz)
    url = reverse("commitments:new")
    assert "For which department" in client.get(url).text

    client.post(url, {"text": "A reference", "side": department("S").pk, "debtor": tomasz.pk, "hours": "2"})

    assert Commitment.objects.get().debtor_department == department("S")


def test_a_promise_by_a_date_needs_no_hours_and_one_without_either_is_refused(client: Client, priya: Person) -> None:
    client.force_login(priya)
    url = reverse("commitments:new")

    refused = client.post(url, {"text": "A reference", "hours": "", "due_at": ""})
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Say until when." in refused.text
    client.post(url, {"text": "A reference", "hours": "18", "due_at": "2026-11-20T12:00"})
    made = Commitment.objects.get()
    assert (made.due_at, made.target_seconds, made.debtor) == (at("20T12:00"), None, None)


def test_who_belongs_to_no_department_promises_nothing(as_otto: Client) -> None:
    assert as_otto.get(reverse("commitments:new")).status_code == HTTPStatus.FORBIDDEN
    assert reverse("commitments:new") not in as_otto.get(LIST).text


@pytest.mark.usefixtures("for_real")
def test_my_day_shows_what_i_promised_and_the_badge_counts_it(client: Client, priya: Person, mara: Person) -> None:
    promise(priya, "Priya's")
    actions.pause(promise(priya, "paused"), by=mara, at=TEN, reason="They are away")
    promise(None, "Marketing's")
    client.force_login(priya)

    page = client.get(reverse("home")).text
    badges = client.get(reverse("pages:badges")).context["badges"]

    assert "Priya&#x27;s" in page
    assert "Marketing&#x27;s" not in page
    assert {badge.key: badge.count.number for badge in badges if badge.count} == {"promises": 1, "home": 1}


@pytest.mark.usefixtures("for_real")
def test_a_long_list_is_paged_by_key(client: Client, priya: Person) -> None:
    actions.make_many(
        [draft(priya, f"Number {number}", hours=2 + number // 20) for number in range(120)], by=None, at=TEN
    )
    client.force_login(priya)

    first = client.get(LIST)
    second = client.get(first.context["listing"].next_url, headers=HTMX)

    assert first.text.count('class="promise"') == second.text.count('class="promise"') == 50
    assert "<html" not in second.text


@pytest.mark.usefixtures("for_real")
@pytest.mark.parametrize("rows", [1, 20])
def test_the_list_costs_the_same_queries_at_any_length(
    client: Client, priya: Person, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    for number in range(rows):
        debtor = person(f"P{number} X", Role.MARKETER, "M")
        made = draft(debtor, f"Number {number}")
        actions.make(actions.Draft(**{**made.__dict__, "subject": debtor}), by=debtor, at=TEN)
    client.force_login(priya)
    client.get(LIST, {"tab": "ours"})

    # Session, visitor, departments of the visitor; the page's rows, what they are about, absences, calendars, departments of
    # debtors, special days; two of permissions, roles; the count with its limit (five), the departments' names, practice mode,
    # the workspace's name.
    with django_assert_num_queries(20):
        page = client.get(LIST, {"tab": "ours"})

    assert page.text.count('class="promise"') == rows


@pytest.mark.usefixtures("for_real")
def test_a_date_at_a_closed_hour_is_told_as_it_was_said(client: Client, priya: Person) -> None:
    tonight = {"target_seconds": None, "due_at": at("17T22:30")}
    actions.make(actions.Draft(**{**draft(priya).__dict__, **tonight}), by=priya, at=TEN)
    client.force_login(priya)

    page = client.get(LIST).text

    assert "by 22:30" in page
    assert "under a minute" not in page


def test_next_steps_offer_no_state_that_they_never_have(client: Client, priya: Person) -> None:
    client.force_login(priya)

    offered = {
        tab: [str(chip.label) for chip in client.get(LIST, {"tab": tab}).context["listing"].states]
        for tab in ("mine", "steps")
    }

    assert offered["steps"] == ["Open", "Missed", "Kept", "Kept late", "Let go"]
    assert [state for state in offered["mine"] if state not in offered["steps"]] == ["Warned", "Paused"]


def test_a_promise_of_the_page_is_between_people_of_the_two_departments(
    client: Client, priya: Person, leo: Person
) -> None:
    client.force_login(priya)

    page = client.post(
        reverse("commitments:new"), {"text": "A price list", "debtor": priya.pk, "creditor": leo.pk, "hours": "2"}
    )

    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Leo Castell does not belong to Sales." in page.text
    assert not Commitment.objects.exists()
