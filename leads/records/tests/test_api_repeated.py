"""A call that is sent again with its Idempotency-Key happens once, and is answered as it was the first time."""

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http import HTTPStatus
from threading import Barrier, Event
from typing import Any

import pytest
import time_machine
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from leads.records import actions
from leads.records.actions.removing import remove_many
from leads.records.models import Lead
from leads.records.tests.factories import lead, person
from workspace.api import repeating
from workspace.api.models import KeptAnswer
from workspace.api.tasks import forget_answers
from workspace.api.tests.client import ROOT, Caller, told
from workspace.commitments.models import Commitment
from workspace.journal.models import JournalEntry
from workspace.people.models import Person

pytestmark = pytest.mark.django_db

ADA = {"email": "ada@kestrel.example", "last_name": "Björk"}


@pytest.fixture
def sami() -> Person:
    return person("Sami Rep")


@pytest.fixture
def caller(sami: Person) -> Caller:
    return Caller(sami)


def post(client: Client, body: object, *, path: str = "leads/", key: str = "k-1", **headers: str) -> Any:
    headers["Idempotency-Key"] = key
    return client.post(f"{ROOT}{path}", json.dumps(body), "application/json", headers=headers)


def test_a_lead_is_made_once_and_told_twice(caller: Caller) -> None:
    first = post(caller.client, ADA)
    again = post(caller.client, ADA)

    assert (first.status_code, "Idempotent-Replayed" in first) == (HTTPStatus.CREATED, False)
    assert (again.status_code, again["Idempotent-Replayed"]) == (HTTPStatus.CREATED, "true")
    assert again.content == first.content
    for header in ("Content-Type", "Location", "ETag"):
        assert again[header] == first[header]
    assert Lead.objects.count() == 1
    assert JournalEntry.objects.filter(verb="lead.created").count() == 1


def test_a_note_is_written_once(caller: Caller) -> None:
    ada, body = lead("ada@kestrel.example"), {"talk": "note", "text": "A word."}

    first, again = (post(caller.client, body, path=f"leads/{ada.pk}/log/").json() for _ in range(2))

    assert first == again
    assert JournalEntry.objects.filter(verb="lead.noted").count() == 1


def test_a_refusal_is_told_again_as_it_was(caller: Caller) -> None:
    first = post(caller.client, {"email": "no address"})
    lead("ada@kestrel.example")
    again = post(caller.client, {"email": "no address"})

    assert told(again, HTTPStatus.BAD_REQUEST) == told(first, HTTPStatus.BAD_REQUEST)
    assert again["Idempotent-Replayed"] == "true"


def test_what_was_made_is_not_told_again_when_it_is_gone(caller: Caller) -> None:
    made = told(post(caller.client, ADA), HTTPStatus.CREATED)
    remove_many([made["id"]], by=None, at=timezone.now(), reason="reverted", import_id=1)

    refusal = told(post(caller.client, ADA), HTTPStatus.CONFLICT)

    assert refusal["type"] == "urn:smarketing:made-and-gone"
    assert not Lead.objects.living().exists(), "nor is it made anew"


def test_a_step_is_not_told_again_to_whom_it_is_no_longer(caller: Caller, sami: Person) -> None:
    ada = lead("ada@kestrel.example", owner=sami, next_step="Call", next_step_at=timezone.now() + timedelta(days=1))
    step = Commitment.objects.get(debtor=sami)
    done = f"commitments/{step.pk}/done/"
    first = post(caller.client, {"text": "Went well."}, path=done)
    assert told(first, HTTPStatus.OK)["answer"] == "Went well."

    Commitment.objects.filter(subject_id=ada.pk).update(debtor=person("Tove Rep"))

    told(post(caller.client, {"text": "Went well."}, path=done), HTTPStatus.NOT_FOUND)


@pytest.mark.parametrize("other", [({**ADA, "city": "Oslo"}, "leads/"), (ADA, "companies/"), (ADA, "leads/?x=1")])
def test_the_key_of_another_call_is_refused(caller: Caller, other: tuple[object, str]) -> None:
    post(caller.client, ADA)

    refusal = told(post(caller.client, other[0], path=other[1]), HTTPStatus.CONFLICT)

    assert refusal["type"] == "urn:smarketing:key-reused"
    assert Lead.objects.count() == 1


def test_each_caller_has_keys_of_its_own(caller: Caller, sami: Person) -> None:
    browser = Client()
    browser.force_login(sami)
    post(caller.client, ADA)

    others = [
        post(client, {**ADA, "email": f"ada{number}@kestrel.example"})
        for number, client in enumerate([Caller(sami).client, Caller(person("Tove Rep")).client, browser])
    ]

    assert [answer.status_code for answer in others] == [HTTPStatus.CREATED] * 3


def test_without_a_key_the_same_call_is_a_call_of_its_own(caller: Caller) -> None:
    caller.post("leads/", ADA, HTTPStatus.CREATED)

    assert "has this e-mail address already" in str(caller.post("leads/", ADA, HTTPStatus.BAD_REQUEST))
    assert not KeptAnswer.objects.exists()


def test_other_methods_take_no_notice_of_a_key(caller: Caller) -> None:
    ada = lead("ada@kestrel.example")

    answer = caller.client.patch(
        f"{ROOT}leads/{ada.pk}/", {"city": "Oslo"}, "application/json", headers={"Idempotency-Key": "k-1"}
    )

    told(answer, HTTPStatus.OK)
    assert not KeptAnswer.objects.exists()


@pytest.mark.parametrize("key", ["", " ", "x" * 256, "a\tb", "käse"])
def test_what_is_no_key_is_told(caller: Caller, key: str) -> None:
    refusal = told(post(caller.client, ADA, key=key), HTTPStatus.BAD_REQUEST)

    assert list(refusal["errors"]) == ["Idempotency-Key"]
    assert not Lead.objects.exists()


def test_after_a_day_the_key_is_new_again(caller: Caller) -> None:
    post(caller.client, ADA)

    with time_machine.travel(timezone.now() + timedelta(hours=24, minutes=1), tick=True):
        later = post(caller.client, {"email": "bo@kestrel.example"})

    assert told(later, HTTPStatus.CREATED)["email"] == "bo@kestrel.example"


def test_what_is_older_than_a_day_is_forgotten(caller: Caller) -> None:
    post(caller.client, ADA)
    forget_answers()
    assert KeptAnswer.objects.exists()

    with time_machine.travel(timezone.now() + timedelta(hours=24, minutes=1), tick=True):
        forget_answers()

    assert not KeptAnswer.objects.exists()


def test_a_fault_leaves_no_trace_and_is_not_kept(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    caller.client.raise_request_exception = False
    with monkeypatch.context() as broken:

        def fails_late(*args: Any, **kwargs: Any) -> Lead:
            lead("half@kestrel.example")
            raise KeyError("late")

        broken.setattr(actions, "create", fails_late)
        told(post(caller.client, ADA), HTTPStatus.INTERNAL_SERVER_ERROR)
    assert not Lead.objects.exists()

    again = post(caller.client, ADA)

    assert (again.status_code, "Idempotent-Replayed" in again) == (HTTPStatus.CREATED, False)


def test_a_database_that_was_away_is_not_kept(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:

        def away(*args: Any, **kwargs: Any) -> Lead:
            raise OperationalError("away")

        broken.setattr(actions, "create", away)
        assert post(caller.client, ADA)["Retry-After"] == "10"

    assert post(caller.client, ADA).status_code == HTTPStatus.CREATED


def test_an_answer_that_is_too_large_is_not_kept_but_the_call_is(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repeating, "LARGEST_KEPT", 100)
    post(caller.client, ADA)

    again = told(post(caller.client, ADA), HTTPStatus.CONFLICT)

    assert (again["type"], Lead.objects.count()) == ("urn:smarketing:answer-too-large", 1)
    assert "answered with 201" in again["detail"]


def test_what_is_kept_tells_of_nobody_to_whoever_has_not_made_the_call(caller: Caller) -> None:
    told(post(caller.client, ADA, key="fair-0042"), HTTPStatus.CREATED)
    told(post(caller.client, {"email": "no address"}, key="fair-0043"), HTTPStatus.BAD_REQUEST)

    kept = list(KeptAnswer.objects.values().order_by("pk"))

    assert [row["status"] for row in kept] == [HTTPStatus.CREATED, HTTPStatus.BAD_REQUEST]
    assert [word for word in ("ada@", "Björk", "no address", "fair-004", "title") if word in str(kept)] == []


def test_who_may_not_call_any_more_is_not_told_what_was(caller: Caller) -> None:
    post(caller.client, ADA)
    Person.objects.update(is_active=False)

    told(post(caller.client, ADA), HTTPStatus.UNAUTHORIZED)


def in_threads(calls: list[Callable[[], Any]]) -> list[Any]:
    def closing(call: Callable[[], Any]) -> Any:
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(closing, calls))


@pytest.mark.django_db(transaction=True)
def test_of_four_of_the_same_at_once_one_is_carried_out() -> None:
    caller, together = Caller(person("Sami Rep")), Barrier(4)

    def call() -> Any:
        connection.ensure_connection()
        together.wait()
        return post(caller.client, ADA)

    answers = in_threads([call] * 4)

    assert Lead.objects.count() == 1
    made = [answer for answer in answers if answer.status_code == HTTPStatus.CREATED]
    assert len({answer.content for answer in made}) == 1
    for answer in answers:
        if answer not in made:
            assert told(answer, HTTPStatus.CONFLICT)["type"] == "urn:smarketing:still-running"
            assert answer["Retry-After"] == "1"
    assert post(caller.client, ADA).content == made[0].content


@pytest.mark.django_db(transaction=True)
def test_while_the_first_is_carried_out_the_second_is_asked_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    caller, begun, told_second = Caller(person("Sami Rep")), Event(), Event()
    create = actions.create

    def slow(*args: Any, **kwargs: Any) -> Lead:
        begun.set()
        assert told_second.wait(10)
        return create(*args, **kwargs)

    monkeypatch.setattr(actions, "create", slow)

    def second() -> Any:
        assert begun.wait(10)
        started = time.monotonic()
        answer = post(caller.client, ADA)
        told_second.set()
        assert time.monotonic() - started < 5, "it does not wait for the first"
        return answer

    first_answer, second_answer = in_threads([lambda: post(caller.client, ADA), second])

    assert first_answer.status_code == HTTPStatus.CREATED
    assert told(second_answer, HTTPStatus.CONFLICT)["type"] == "urn:smarketing:still-running"
