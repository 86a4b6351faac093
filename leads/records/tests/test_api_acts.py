"""What is done with a lead by the API: moved, talked to, given a next step, opened again, and read as a timeline."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http import HTTPStatus
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from leads.funnel.models import Reason
from leads.records import moving
from leads.records.models import Lead
from leads.records.tests.factories import closed_lead, lead, person, stage
from workspace.api.tests.client import Caller
from workspace.hooks.models import Token
from workspace.journal.models import JournalEntry, Way
from workspace.people.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def sami() -> Person:
    return person("Sami Rep")


@pytest.fixture
def caller(sami: Person) -> Caller:
    return Caller(sami)


@pytest.fixture
def ada() -> Lead:
    return lead("ada@kestrel.example", stage="mql")


@pytest.mark.parametrize("to", [lambda: "sal", lambda: "SAL", lambda: stage("sal").pk], ids=["slug", "name", "id"])
def test_a_lead_is_moved_to_a_stage_given_by_slug_name_or_id(
    caller: Caller, sami: Person, ada: Lead, to: Callable[[], object]
) -> None:
    told = caller.post(f"leads/{ada.pk}/move/", {"to": to(), "from": "mql"})

    assert (told["stage"]["slug"], told["furthest_stage"]["slug"]) == ("sal", "sal")
    assert told["version"] == ada.version + 1
    moved = JournalEntry.objects.get(verb="lead.moved")
    assert (moved.actor, moved.way, moved.facts["from_stage"]) == (sami, Way.API, "mql")


def test_who_saw_it_elsewhere_is_told_where_it_is_now(caller: Caller, ada: Lead) -> None:
    caller.post(f"leads/{ada.pk}/move/", {"to": "sal"})

    late = caller.post(f"leads/{ada.pk}/move/", {"to": "sql", "from": "mql"}, HTTPStatus.CONFLICT)
    again = caller.post(f"leads/{ada.pk}/move/", {"to": "sal"}, HTTPStatus.CONFLICT)

    assert (late["type"], late["title"]) == ("urn:smarketing:moved-meanwhile", "Moved meanwhile")
    assert late["detail"] == "ada@kestrel.example is in “SAL” already."
    assert late["lead"]["stage"]["slug"] == again["lead"]["stage"]["slug"] == "sal"


@pytest.mark.django_db(transaction=True)
def test_of_two_who_move_at_once_one_wins_and_the_other_is_told_the_present_state() -> None:
    movers = [Caller(person("Sami Rep")), Caller(person("Tove Rep"))]
    ada = lead("ada@kestrel.example", stage="mql")
    start = Barrier(2)

    def move(caller: Caller, to: str) -> Any:
        start.wait()
        try:
            response = caller.client.post(
                f"/api/v1/leads/{ada.pk}/move/", {"to": to, "from": "mql"}, "application/json"
            )
            return response.status_code, response.json()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = dict(pool.map(move, movers, ["sal", "sql"]))

    assert sorted(answers) == [HTTPStatus.OK, HTTPStatus.CONFLICT]
    assert answers[HTTPStatus.CONFLICT]["lead"]["stage"] == answers[HTTPStatus.OK]["stage"]
    assert JournalEntry.objects.filter(verb="lead.moved").count() == 1


@pytest.mark.parametrize(
    ("body", "field", "words"),
    [
        ({}, "to", "This field is required."),
        ({"to": "moon"}, "to", "Nothing is called “moon”."),
        ({"to": "sal\x00"}, "to", "Nothing is called"),
        ({"to": ["sal"]}, "to", "This is neither an id nor a name."),
        ({"to": "sal", "from": "moon"}, "from", "Nothing is called “moon”."),
        ({"to": "new"}, "reason_text", "Moving back takes a reason"),
        ({"to": "lost"}, "reason", "Say why, from the list."),
        ({"to": "lost", "reason": "Weather"}, "reason", "No reason is called so."),
        ({"to": "lost", "reason": "Weather\x00"}, "reason", "No reason is called so."),
        ({"to": "lost", "reason": "No need"}, "reason", "No reason is called so."),
        ({"to": "lost", "reason": "Other"}, "reason_text", "“Other” asks for a few words."),
        ({"to": "sal", "why": "so"}, "why", "There is no field of this name."),
    ],
)
def test_a_move_that_does_not_fit_is_a_problem_at_its_field(
    caller: Caller, ada: Lead, body: dict[str, Any], field: str, words: str
) -> None:
    errors = caller.post(f"leads/{ada.pk}/move/", body, HTTPStatus.BAD_REQUEST)["errors"]

    assert errors[field][0].startswith(words)
    ada.refresh_from_db()
    assert ada.stage.slug == "mql"


@pytest.mark.parametrize("by", ["name", "id"])
def test_a_lost_lead_keeps_its_reason_and_words(caller: Caller, ada: Lead, by: str) -> None:
    reason = Reason.objects.get(kind="lost", name="Other")
    body = {"to": "lost", "reason": reason.pk if by == "id" else "other", "reason_text": "They moved away."}

    told = caller.post(f"leads/{ada.pk}/move/", body)

    assert told["lost_reason"] == {"id": reason.pk, "name": "Other"}
    assert told["closed_at"] is not None
    assert caller.get(f"leads/{ada.pk}/deals/")["results"][0]["reason_text"] == "They moved away."


def test_a_gate_refuses_a_move_or_says_what_comes_first(
    caller: Caller, ada: Lead, monkeypatch: pytest.MonkeyPatch
) -> None:
    verdicts = iter([moving.refuse("They opted out."), moving.instead("/handoffs/new/")])
    monkeypatch.setattr(moving, "judge", lambda *_of: next(verdicts))

    refused = caller.post(f"leads/{ada.pk}/move/", {"to": "sal"}, HTTPStatus.BAD_REQUEST)
    elsewhere = caller.post(f"leads/{ada.pk}/move/", {"to": "sal"}, HTTPStatus.CONFLICT)

    assert refused["errors"] == {"to": ["They opted out."]}
    assert elsewhere["type"] == "urn:smarketing:moved-elsewhere"
    assert elsewhere["instead"] == "http://testserver/handoffs/new/"


def test_a_call_is_logged_and_makes_the_lead_active(caller: Caller, sami: Person, ada: Lead) -> None:
    happened = (timezone.now() - timedelta(hours=1)).isoformat()
    body = {"talk": "call", "text": "Asked for a price.", "minutes": 12, "happened_at": happened}

    told = caller.post(f"leads/{ada.pk}/log/", body, HTTPStatus.CREATED)

    assert (told["verb"], told["way"], told["group"]) == ("lead.called", "api", "talks")
    assert told["actor"]["id"] == sami.pk
    assert told["facts"] == {"text": "Asked for a price.", "minutes": 12, "was_reached": True}
    assert caller.get(f"leads/{ada.pk}/")["last_activity_at"] == told["at"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "talk"),
        ({"talk": "smoke"}, "talk"),
        ({"talk": "note"}, "text"),
        ({"talk": "note", "text": "x" * 10_001}, "text"),
        ({"talk": "note", "text": "a\x00b"}, "text"),
        ({"talk": "call", "minutes": -1}, "minutes"),
        ({"talk": "call", "minutes": 1e400}, "minutes"),
        ({"talk": "note", "text": "x", "happened_at": "2999-01-01T00:00:00Z"}, "happened_at"),
        ({"talk": "note", "text": "x", "happened_at": "yesterday"}, "happened_at"),
    ],
)
def test_a_talk_that_does_not_fit_is_a_problem_at_its_field(
    caller: Caller, ada: Lead, body: dict[str, Any], field: str
) -> None:
    if body.get("minutes") == float("inf"):
        response = caller.client.post(
            f"/api/v1/leads/{ada.pk}/log/", '{"talk": "call", "minutes": 1e400}', "application/json"
        )
        errors = response.json()["errors"]
    else:
        errors = caller.post(f"leads/{ada.pk}/log/", body, HTTPStatus.BAD_REQUEST)["errors"]

    assert list(errors) == [field]
    assert not JournalEntry.objects.filter(verb__in=["lead.noted", "lead.called"]).exists()


def test_a_next_step_is_set_and_ticked_off(caller: Caller, ada: Lead) -> None:
    told = caller.post(
        f"leads/{ada.pk}/next-step/", {"next_step": "Call Ada", "next_step_at": "2026-12-01T10:00:00+01:00"}
    )
    assert (told["next_step"], told["next_step_at"]) == ("Call Ada", "2026-12-01T09:00:00Z")

    done = caller.post(f"leads/{ada.pk}/next-step/done/", {"text": "She will sign."})
    assert (done["next_step"], done["next_step_at"]) == ("", None)
    assert JournalEntry.objects.get(verb="lead.next_step_done").personal["text"] == "She will sign."

    again = caller.post(f"leads/{ada.pk}/next-step/done/", {}, HTTPStatus.BAD_REQUEST)
    assert again["errors"] == {"next_step": ["No next step is set."]}


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["next_step", "next_step_at"]),
        ({"next_step": "Call", "next_step_at": None}, ["next_step_at"]),
        ({"next_step": "", "next_step_at": "2026-12-01T10:00:00Z"}, ["next_step"]),
        ({"next_step": "x" * 201, "next_step_at": "2026-12-01T10:00:00Z"}, ["next_step"]),
    ],
)
def test_a_next_step_has_words_and_a_time(caller: Caller, ada: Lead, body: dict[str, Any], fields: list[str]) -> None:
    assert list(caller.post(f"leads/{ada.pk}/next-step/", body, HTTPStatus.BAD_REQUEST)["errors"]) == fields


def test_a_customer_who_comes_back_opens_the_next_deal(caller: Caller) -> None:
    won = closed_lead("won", at=timezone.now(), stage="proposal", value="900")

    opened = caller.post(f"leads/{won.pk}/deals/", {"stage": "sql"}, HTTPStatus.CREATED)

    assert (opened["number"], opened["is_current"], opened["stage"]["slug"]) == (2, True, "sql")
    second, first = caller.get(f"leads/{won.pk}/deals/")["results"]
    assert second == opened | {"passages": second["passages"]}
    assert (first["number"], first["outcome"], first["value"]) == (1, "won", "900.00")
    assert [passage["stage"]["slug"] for passage in first["passages"]] == ["proposal", "won"]
    assert caller.get(f"leads/{won.pk}/")["stage"]["slug"] == "sql"


@pytest.mark.parametrize(("body", "words"), [({}, "still open"), ({"stage": "moon"}, "Nothing is called")])
def test_the_next_deal_waits_for_the_end_of_the_current_one(
    caller: Caller, ada: Lead, body: dict[str, Any], words: str
) -> None:
    assert words in caller.post(f"leads/{ada.pk}/deals/", body, HTTPStatus.BAD_REQUEST)["errors"]["stage"][0]


def test_the_timeline_is_read_newest_first_by_key_and_by_group(caller: Caller, ada: Lead) -> None:
    for n in range(3):
        caller.post(f"leads/{ada.pk}/log/", {"talk": "note", "text": f"Note {n}"}, HTTPStatus.CREATED)
    lead()

    page = caller.get(f"leads/{ada.pk}/journal/?page_size=2")
    rest = caller.get(page["next"])
    talks = caller.get(f"leads/{ada.pk}/journal/?group=talks")

    lines = [(entry["verb"], entry["facts"].get("text")) for entry in page["results"] + rest["results"]]
    assert lines[:3] == [("lead.noted", "Note 2"), ("lead.noted", "Note 1"), ("lead.noted", "Note 0")]
    assert [verb for verb, _text in lines[3:]] == ["lead.created"]
    assert rest["next"] is None
    assert len(talks["results"]) == 3
    assert rest["results"][-1]["line"] == "made this lead, in MQL"
    caller.get(f"leads/{ada.pk}/journal/?group=gossip", HTTPStatus.BAD_REQUEST)


@pytest.mark.parametrize("path", ["move/", "log/", "next-step/", "next-step/done/", "deals/"])
def test_a_lead_that_is_not_there_cannot_be_worked_on(caller: Caller, path: str) -> None:
    caller.post(f"leads/999999/{path}", {}, HTTPStatus.NOT_FOUND)


@pytest.mark.parametrize("rows", [1, 20])
def test_timeline_and_deals_cost_the_same_queries_at_any_length(
    caller: Caller, ada: Lead, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    for n in range(rows - 1):
        caller.post(f"leads/{ada.pk}/log/", {"talk": "note", "text": f"Note {n}"}, HTTPStatus.CREATED)
    Token.objects.update(last_used_at=timezone.now())

    # The token with its person, its calls, two for permissions, the lead with interests and tags, its merged ids, the entries.
    with django_assert_num_queries(9):
        assert len(caller.get(f"leads/{ada.pk}/journal/")["results"]) == rows
    # The token with its person, its calls, two for permissions, the lead with interests, tags, deals, passages, stages, people.
    with django_assert_num_queries(10):
        caller.get(f"leads/{ada.pk}/deals/")
