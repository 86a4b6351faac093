"""Several workers look at the same clocks: every warning and every miss is marked and told once."""

import threading
from collections.abc import Iterator

import pytest
from django.db import connection
from django.utils import timezone

from workspace.commitments import actions
from workspace.commitments.models import Commitment
from workspace.commitments.options import PRACTICE
from workspace.commitments.tests.owing import TEN, at, draft
from workspace.journal.models import JournalEntry
from workspace.options import actions as options
from workspace.people.models import Person
from workspace.people.roles import Role
from workspace.tests.people import person

pytestmark = pytest.mark.django_db(transaction=True)
ROWS, WORKERS = 600, 4


@pytest.fixture
def priya() -> Person:
    options.change(PRACTICE, False, by=None, at=timezone.now())
    return person("Priya Raman", Role.MARKETER, "M")


def together(work: "list[threading.Thread]") -> None:
    for thread in work:
        thread.start()
    for thread in work:
        thread.join()


def ticking(results: list[int], start: threading.Barrier) -> Iterator[threading.Thread]:
    def tick() -> None:
        connection.ensure_connection()
        start.wait()
        try:
            while done := actions.tick(at("18T12:00"), limit=50):
                results.append(done)
        finally:
            connection.close()

    return (threading.Thread(target=tick) for _worker in range(WORKERS))


def test_workers_share_the_rows_and_none_is_told_twice(priya: Person) -> None:
    actions.make_many([draft(priya) for _row in range(ROWS)], by=priya, at=TEN)
    results: list[int] = []

    together(list(ticking(results, threading.Barrier(WORKERS))))

    assert sum(results) == ROWS
    assert Commitment.objects.filter(breached_at=at("17T12:00"), warned_at=at("17T11:36")).count() == ROWS
    breached = JournalEntry.objects.filter(verb="commitment.breached")
    assert breached.count() == breached.values("subject_id").distinct().count() == ROWS


def test_a_row_that_somebody_is_closing_is_left_to_them(priya: Person) -> None:
    made = actions.make_many([draft(priya) for _row in range(2)], by=priya, at=TEN)
    held, looked = threading.Event(), threading.Event()

    def close() -> None:
        from django.db import transaction

        with transaction.atomic():
            actions.meet_many([made[0]], by=priya, at=at("17T11:00"))
            held.set()
            looked.wait(10)
        connection.close()

    closer = threading.Thread(target=close)
    closer.start()
    held.wait(10)
    ticked = actions.tick(at("18T12:00"))
    looked.set()
    closer.join()

    assert ticked == 1
    states = {one.pk: (one.state, one.breached_at) for one in Commitment.objects.all()}
    assert states == {made[0].pk: ("met", None), made[1].pk: ("running", at("17T12:00"))}
