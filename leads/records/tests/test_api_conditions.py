"""Writing under conditions: a lead is changed only if it is the one that the caller has seen."""

from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from leads.records import actions
from leads.records.models import Company, Lead
from leads.records.tests.factories import NOON, CompanyFactory, lead, person
from workspace.api.tests.client import ROOT, Caller, told
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


def patched(caller: Caller, path: str, body: dict[str, object], tag: str) -> Any:
    return caller.client.patch(f"{ROOT}{path}", body, "application/json", headers={"If-Match": tag})


def test_a_lead_is_changed_by_who_has_seen_it_as_it_is(caller: Caller, ada: Lead) -> None:
    seen = caller.client.get(f"{ROOT}leads/{ada.pk}/")["ETag"]

    changed = patched(caller, f"leads/{ada.pk}/", {"city": "Oslo"}, seen)
    again = patched(caller, f"leads/{ada.pk}/", {"city": "Bergen"}, changed["ETag"])

    assert told(changed, HTTPStatus.OK)["city"] == "Oslo"
    assert changed["ETag"] not in (seen, again["ETag"])
    assert told(again, HTTPStatus.OK)["city"] == "Bergen"


def test_who_has_seen_another_version_changes_nothing_and_is_told_the_present_tag(caller: Caller, ada: Lead) -> None:
    path = f"leads/{ada.pk}/"
    seen = caller.client.get(f"{ROOT}{path}")["ETag"]
    caller.patch(path, {"city": "Oslo"})

    late = patched(caller, path, {"city": "Bergen", "industry": "Oil"}, seen)

    assert "Read it again" in told(late, HTTPStatus.PRECONDITION_FAILED)["detail"]
    ada.refresh_from_db()
    assert (ada.city, ada.industry) == ("Oslo", "")
    assert told(patched(caller, path, {"city": "Bergen"}, late["ETag"]), HTTPStatus.OK)["city"] == "Bergen"


def test_the_version_in_a_list_is_a_tag_too_and_a_weakened_one_counts(caller: Caller, ada: Lead) -> None:
    (row,) = caller.get("leads/")["results"]

    told(patched(caller, f"leads/{ada.pk}/", {"city": "Oslo"}, f'"{row["version"]}"'), HTTPStatus.OK)
    told(patched(caller, f"leads/{ada.pk}/", {"city": "Bergen"}, f'W/"{row["version"] + 1}-x"'), HTTPStatus.OK)
    told(patched(caller, f"leads/{ada.pk}/", {"city": "Rome"}, f'"{row["version"]}"'), HTTPStatus.PRECONDITION_FAILED)


@pytest.mark.parametrize("tag", ["1", '""', '"x"', "nothing", '"1'])
def test_what_is_no_tag_of_the_record_refuses(caller: Caller, ada: Lead, tag: str) -> None:
    told(patched(caller, f"leads/{ada.pk}/", {"city": "Oslo"}, tag), HTTPStatus.PRECONDITION_FAILED)


def test_a_score_that_was_renewed_is_a_new_answer_and_refuses_no_edit(caller: Caller, ada: Lead) -> None:
    path = f"leads/{ada.pk}/"
    seen = caller.client.get(f"{ROOT}{path}")["ETag"]
    Lead.objects.update(fit=80)

    assert caller.client.get(f"{ROOT}{path}", headers={"If-None-Match": seen}).status_code == HTTPStatus.OK
    told(patched(caller, path, {"city": "Oslo"}, seen), HTTPStatus.OK)


ACTS: list[tuple[str, dict[str, object]]] = [
    ("move/", {"to": "sal"}),
    ("log/", {"talk": "note", "text": "A word."}),
    ("next-step/", {"next_step": "Call", "next_step_at": "2026-12-01T09:00:00Z"}),
]


@pytest.mark.parametrize(("act", "body"), ACTS, ids=[act for act, _body in ACTS])
def test_acts_are_refused_like_edits(caller: Caller, ada: Lead, act: str, body: dict[str, object]) -> None:
    path = f"{ROOT}leads/{ada.pk}/{act}"
    actions.change(ada, {"city": "Oslo"}, by=None, at=NOON)

    late = caller.client.post(path, body, "application/json", headers={"If-Match": '"1"'})
    good = caller.client.post(path, body, "application/json", headers={"If-Match": '"2"'})

    told(late, HTTPStatus.PRECONDITION_FAILED)
    assert good.status_code in (HTTPStatus.OK, HTTPStatus.CREATED)


def test_an_act_answers_with_the_tag_of_the_lead_as_it_is_now(caller: Caller, ada: Lead) -> None:
    moved = caller.client.post(f"{ROOT}leads/{ada.pk}/move/", {"to": "sal"}, "application/json")

    assert moved["ETag"] == caller.client.get(f"{ROOT}leads/{ada.pk}/")["ETag"]


def test_an_unknown_lead_is_unknown_whatever_was_seen(caller: Caller) -> None:
    told(patched(caller, "leads/0/", {"city": "Oslo"}, '"1"'), HTTPStatus.NOT_FOUND)


def test_a_company_is_held_to_the_same(caller: Caller) -> None:
    kestrel = CompanyFactory.create()
    path = f"companies/{kestrel.pk}/"
    seen = caller.client.get(f"{ROOT}{path}")["ETag"]

    told(patched(caller, path, {"city": "Oslo"}, seen), HTTPStatus.OK)
    told(patched(caller, path, {"city": "Rome"}, seen), HTTPStatus.PRECONDITION_FAILED)

    assert Company.objects.get().city == "Oslo"


@pytest.mark.django_db(transaction=True)
def test_of_four_who_have_seen_the_same_one_writes_and_the_others_are_refused() -> None:
    callers = [Caller(person(f"Writer {number}")) for number in range(4)]
    ada = lead("ada@kestrel.example")
    together = Barrier(4)

    def write(number: int) -> int:
        connection.ensure_connection()
        together.wait()
        try:
            answer = patched(callers[number], f"leads/{ada.pk}/", {"city": f"City {number}"}, '"1"')
            return int(answer.status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(write, range(4)))

    assert answers == [200, 412, 412, 412]
    ada.refresh_from_db()
    assert ada.version == 2
