"""What one does with a lead on its page: Sami and Tove sell, Rita only reads."""

import datetime as dt
import re
from http import HTTPStatus
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from leads.funnel.models import Reason
from leads.records import actions, moving
from leads.records.actions import Talk, rules
from leads.records.actions.talking import VERBS
from leads.records.models import Lead
from leads.records.tests.acting import HTMX, act, shows_whole_lead
from leads.records.tests.factories import NOON, closed_lead, lead, person, stage
from workspace.journal.models import JournalEntry
from workspace.people.models import Person
from workspace.people.roles import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tuesday_noon")]

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def anke() -> Lead:
    return lead("anke@ostertal.example", first_name="Anke", last_name="Vollmer", created_at=NOON - 30 * HOUR)


def verbs() -> list[str]:
    return [entry.verb for entry in JournalEntry.objects.order_by("pk")]


def test_a_move_returns_to_the_page_and_says_what_happened(client: Client, sami: Person, anke: Lead) -> None:
    data = {"to": stage("engaged").pk, "seen_in": anke.stage_id}

    page = client.post(reverse("records:move", args=[anke.pk]), data, follow=True)

    assert page.redirect_chain == [(anke.get_absolute_url(), HTTPStatus.FOUND)]
    assert "Moved to Engaged." in page.text
    anke.refresh_from_db()
    assert anke.stage == stage("engaged")
    assert JournalEntry.objects.get(verb="lead.moved").actor == sami


def test_htmx_gets_the_whole_lead_after_a_move_with_a_word_for_screen_readers(
    client: Client, sami: Person, anke: Lead
) -> None:
    response = act(client, "move", anke, {"to": stage("engaged").pk, "seen_in": anke.stage_id}, htmx=True)

    assert response.status_code == HTTPStatus.OK
    assert shows_whole_lead(response)
    assert re.search(r'id="notice" hx-swap-oob.*Moved to Engaged\.', response.text, re.DOTALL)
    assert 'aria-current="step"><b>Engaged' in response.text


@pytest.mark.parametrize("htmx", [False, True])
def test_who_moves_second_is_shown_where_the_lead_is_now(client: Client, sami: Person, anke: Lead, htmx: bool) -> None:
    seen = anke.stage_id
    actions.move(anke, stage("sal"), by=person("Tove Rep"), at=NOON - HOUR)

    response = act(client, "move", anke, {"to": stage("engaged").pk, "seen_in": seen}, htmx=htmx)

    assert response.status_code == HTTPStatus.CONFLICT
    assert "Anke Vollmer is in “SAL” already." in response.text
    # The form begins again from the stage in which the lead is.
    assert re.search(rf'name="seen_in" value="{stage("sal").pk}"', response.text)
    assert ('id="lead" hx-swap-oob="true"' in response.text) is htmx
    anke.refresh_from_db()
    assert anke.stage == stage("sal")


@pytest.mark.parametrize(
    ("told", "field"),
    [
        (("lost", "", ""), "lost"),
        (("disqualified", "", ""), "disqualified"),
        (("lost", "Other", ""), "reason_text"),
        (("new", "", ""), "reason_text"),
        (("lost", "Price", ""), ""),
        (("lost", "Other", "They merged."), ""),
        (("disqualified", "No need", ""), ""),
        (("new", "", "Asked for time."), ""),
    ],
)
def test_leaving_the_path_and_going_back_take_a_reason(
    client: Client, sami: Person, anke: Lead, told: tuple[str, str, str], field: str
) -> None:
    slug, reason, text = told
    actions.move(anke, stage("sql"), by=sami, at=NOON - HOUR)
    data: dict[str, Any] = {"to": stage(slug).pk, "seen_in": stage("sql").pk, "reason_text": text}
    if reason:
        data[slug] = Reason.objects.get(kind=slug, name=reason).pk

    response = act(client, "move", anke, data, htmx=True)

    anke.refresh_from_db()
    assert response.status_code == (HTTPStatus.UNPROCESSABLE_ENTITY if field else HTTPStatus.OK)
    assert anke.stage == stage("sql" if field else slug)
    if field:
        assert f'href="#move_{field}"' in response.text
        assert f'id="move_{field}_error"' in response.text


def test_a_gate_that_refuses_is_heard_and_one_that_leads_elsewhere_is_followed(
    client: Client, sami: Person, anke: Lead, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = {"to": stage("mql").pk, "seen_in": anke.stage_id}
    verdicts = [moving.refuse("The need is not known."), moving.instead("/handoffs/7/"), moving.instead("/handoffs/7/")]
    monkeypatch.setattr(moving, "judge", lambda *_given: verdicts.pop(0))

    refused = act(client, "move", anke, data)
    plain = act(client, "move", anke, data)
    by_htmx = act(client, "move", anke, data, htmx=True)

    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "The need is not known." in refused.text
    assert plain["Location"] == by_htmx["HX-Redirect"] == "/handoffs/7/"


@pytest.mark.parametrize(
    ("way", "data"),
    [
        ("note", {"text": "Wants a pilot.\nIn January."}),
        ("call", {"text": "Wants a pilot.", "was_reached": "on", "minutes": "11"}),
        ("call", {"text": ""}),
        ("mail", {"text": "Sent the guide.", "happened_at": "2026-11-17T09:30"}),
        ("meeting", {"text": "Saw the plant."}),
    ],
    ids=["note", "call", "nobody reached", "mail", "meeting"],
)
def test_a_talk_is_logged_in_one_form(client: Client, sami: Person, anke: Lead, way: str, data: dict[str, str]) -> None:
    response = act(client, "talk", anke, data, way, htmx=True)

    assert shows_whole_lead(response)
    entry = JournalEntry.objects.get(verb=VERBS[Talk(way)])
    assert entry.personal["text"] == data["text"]
    assert entry.actor == sami
    assert entry.at == (dt.datetime(2026, 11, 17, 9, 30, tzinfo=dt.UTC) if "happened_at" in data else NOON)
    if way == "call":
        assert entry.facts["was_reached"] is ("was_reached" in data)


def test_the_form_of_a_call_assumes_that_somebody_answered_and_that_it_was_now(
    client: Client, sami: Person, anke: Lead
) -> None:
    page = client.get(reverse("records:talk", args=[anke.pk, "call"]))

    assert re.search(r'name="was_reached"[^>]* checked', page.text)
    assert 'value="2026-11-17T12:00"' in page.text
    assert page["Vary"].count("HX-Request") == 1


@pytest.mark.usefixtures("sami")
@pytest.mark.parametrize(
    ("way", "data", "words"),
    [
        ("note", {"text": "  "}, "Say in a few words what was said."),
        ("call", {"text": "", "was_reached": "on"}, "Say in a few words what was said."),
        ("mail", {"text": "Later", "happened_at": "2026-11-18T09:30"}, "That is still to come"),
        ("call", {"text": "Long", "was_reached": "on", "minutes": "100000"}, "A talk lasts up to 24 hours."),
        ("note", {"text": "x" * 10_001}, "10,000 characters are possible"),
        ("note", {"text": "a\x00b"}, "Null characters are not allowed."),
    ],
)
def test_a_talk_that_cannot_be_is_refused_at_its_field_with_the_words_kept(
    client: Client, anke: Lead, way: str, data: dict[str, str], words: str
) -> None:
    before = verbs()

    response = act(client, "talk", anke, data, way, htmx=True)

    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert words in response.text
    assert "HX-Retarget" not in response
    assert verbs() == before


def test_an_unknown_way_of_talking_is_not_found(client: Client, sami: Person, anke: Lead) -> None:
    assert client.get(reverse("records:talk", args=[anke.pk, "fax"])).status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize(
    ("data", "due"),
    [
        ({"next_step_at": "2026-11-19T10:00"}, dt.datetime(2026, 11, 19, 10, tzinfo=dt.UTC)),
        ({"quick": "today"}, dt.datetime(2026, 11, 17, 17, tzinfo=dt.UTC)),
        ({"quick": "tomorrow", "next_step_at": "2027-01-01T00:00"}, dt.datetime(2026, 11, 18, 9, tzinfo=dt.UTC)),
        ({"quick": "three_days"}, dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)),
        ({"quick": "monday"}, dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)),
    ],
)
def test_the_next_step_takes_a_moment_or_a_button(
    client: Client, sami: Person, anke: Lead, data: dict[str, str], due: dt.datetime
) -> None:
    response = act(client, "next_step", anke, {"next_step": "Send the offer", **data}, htmx=True)

    assert shows_whole_lead(response)
    anke.refresh_from_db()
    assert (anke.next_step, anke.next_step_at) == ("Send the offer", due)


def test_moments_are_given_and_shown_in_the_readers_zone(client: Client, sami: Person, anke: Lead) -> None:
    Person.objects.filter(pk=sami.pk).update(time_zone="Asia/Tokyo")

    act(client, "next_step", anke, {"next_step": "Call", "next_step_at": "2026-11-18T10:00"})

    anke.refresh_from_db()
    assert anke.next_step_at == dt.datetime(2026, 11, 18, 1, tzinfo=dt.UTC)
    assert 'value="2026-11-18T10:00"' in client.get(reverse("records:next_step", args=[anke.pk])).text


def test_late_in_the_day_and_on_sundays_only_moments_to_come_are_offered_once(
    client: Client, sami: Person, anke: Lead
) -> None:
    with time_machine.travel(dt.datetime(2026, 11, 22, 18, tzinfo=dt.UTC), tick=False):
        page = client.get(reverse("records:next_step", args=[anke.pk]))

    assert re.findall(r'name="quick" value="(\w+)"', page.text) == ["tomorrow", "three_days"]


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"next_step": "Call"}, "next_step_at"),
        ({"next_step_at": "2026-11-19T10:00"}, "next_step"),
        ({"next_step": "Call", "next_step_at": "soon"}, "next_step_at"),
    ],
)
def test_a_next_step_is_a_step_and_a_date(
    client: Client, sami: Person, anke: Lead, data: dict[str, str], field: str
) -> None:
    response = act(client, "next_step", anke, data)

    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert f'id="step_{field}_error"' in response.text


def test_a_step_is_ticked_off_with_a_word_and_asks_for_the_next_one(client: Client, sami: Person, anke: Lead) -> None:
    actions.set_next_step(anke, "Send the offer", due_at=NOON, by=sami, at=NOON - HOUR)

    response = act(client, "finish_next_step", anke, {"text": "They liked it."}, htmx=True)
    again = act(client, "finish_next_step", anke, {"text": ""}, htmx=True)

    assert shows_whole_lead(response)
    assert "Done. What comes next?" in response.text
    assert "They liked it." in response.text
    assert again.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "No next step is set." in again.text


def test_a_customer_who_comes_back_gets_the_next_deal_in_the_stage_that_is_chosen(client: Client, sami: Person) -> None:
    won = closed_lead("won", at=NOON - HOUR, created_at=NOON - 9 * HOUR)

    response = act(client, "next_deal", won, {"stage": stage("sql").pk}, htmx=True)
    again = act(client, "next_deal", won, {"stage": stage("sql").pk}, htmx=True)

    assert shows_whole_lead(response)
    assert "Deal 2" in response.text
    assert again.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "The current deal is still open." in again.text


ACTS: list[tuple[str, tuple[str, ...], dict[str, Any]]] = [
    ("move", (), {"to": 2}),
    ("talk", ("note",), {"text": "x"}),
    ("next_step", (), {"next_step": "x", "quick": "tomorrow"}),
    ("finish_next_step", (), {}),
    ("next_deal", (), {}),
    ("edit", (), {"city": "x", "initial-city": ""}),
    ("fact", ("city",), {"city": "x", "initial-city": ""}),
]


@pytest.mark.parametrize(("name", "extra", "data"), ACTS, ids=[name for name, _extra, _data in ACTS])
def test_who_only_reads_may_not_act_and_nobody_acts_on_what_is_gone(
    client: Client, anke: Lead, name: str, extra: tuple[str, ...], data: dict[str, Any]
) -> None:
    before = verbs()
    url = reverse(f"records:{name}", args=[anke.pk, *extra])
    client.force_login(person("Rita Reader", Role.READ_ONLY))

    refused = [client.get(url).status_code, client.post(url, data).status_code]
    Lead.objects.filter(pk=anke.pk).update(deleted_at=NOON)
    client.force_login(person("Sami Rep"))
    missing = [client.get(url).status_code, client.post(url, data).status_code]

    assert refused == [HTTPStatus.FORBIDDEN] * 2
    assert missing == [HTTPStatus.NOT_FOUND] * 2
    assert [verb for verb in verbs() if verb.startswith("lead.")] == [v for v in before if v.startswith("lead.")]


def test_a_lead_that_goes_right_after_an_act_is_shown_to_nobody(
    client: Client, sami: Person, anke: Lead, monkeypatch: pytest.MonkeyPatch
) -> None:
    def log_and_remove(lead: Lead, *_args: Any, **_told: Any) -> None:
        Lead.objects.filter(pk=lead.pk).update(deleted_at=NOON)

    monkeypatch.setattr(actions, "log_talk", log_and_remove)

    answer = client.post(reverse("records:talk", args=[anke.pk, "note"]), {"text": "A note."}, headers=HTMX)

    assert answer.status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize(("trigger", "focused"), [("note-form", 'id="note"'), ("", "Note</a>")])
def test_after_a_note_the_focus_is_where_it_was_written(
    client: Client, sami: Person, anke: Lead, trigger: str, focused: str
) -> None:
    url = reverse("records:talk", args=[anke.pk, "note"])

    response = client.post(url, {"text": "A note."}, headers={**HTMX, "HX-Trigger": trigger})

    elements = re.findall(r"<(?:textarea|a)[^>]* autofocus>.*?(?=<(?:textarea|a)\b|$)", response.text, re.DOTALL)
    assert len(elements) == 1
    assert focused in elements[0]


def test_the_form_of_a_move_proposes_the_next_stage_and_nothing_for_what_has_ended(
    client: Client, sami: Person, anke: Lead
) -> None:
    lost = closed_lead("lost", at=NOON)

    chosen = [
        re.findall(r'value="(\d+)" data-asks="\w+" checked', client.get(reverse("records:move", args=[one.pk])).text)
        for one in (anke, lost)
    ]

    assert chosen == [[str(stage("engaged").pk)], []]


# A note locks nothing: it stays in the journal of what is gone.
LOCKING = [act for act in ACTS if act[0] != "talk"]


@pytest.mark.usefixtures("sami")
@pytest.mark.parametrize(("name", "extra", "data"), LOCKING, ids=[name for name, _extra, _data in LOCKING])
def test_a_lead_that_goes_while_somebody_acts_on_it_is_not_found(
    client: Client, monkeypatch: pytest.MonkeyPatch, name: str, extra: tuple[str, ...], data: dict[str, Any]
) -> None:
    one = closed_lead("won", at=NOON) if name == "next_deal" else lead()
    monkeypatch.setattr(rules, "lock", lambda _leads: {})  # the page found the lead a moment ago

    response = client.post(reverse(f"records:{name}", args=[one.pk, *extra]), {"stage": 1, **data})

    assert response.status_code == HTTPStatus.NOT_FOUND
