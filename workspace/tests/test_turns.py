"""The second thread works while the first one waits, and stands still while it works; but never for long."""

import threading

import pytest
from django.db import connection

from workspace import turns as module
from workspace.copying import copy_columns
from workspace.turns import Turns


def test_the_second_stops_while_the_first_works_and_goes_on_when_it_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LONGEST_WAIT_SECONDS", 30)
    turns, done, half = Turns(), list[int](), threading.Event()

    def work() -> None:
        for number in turns.paced(range(40), every=20):
            done.append(number)
            if number == 19:
                half.set()

    with turns.waiting():
        pass
    second = threading.Thread(target=work)
    second.start()
    assert not done
    with turns.waiting():
        second.join(30)
    assert half.is_set()
    assert done == list(range(40))


def test_a_first_thread_that_never_waits_does_not_stop_the_second_for_good(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LONGEST_WAIT_SECONDS", 0.001)
    turns = Turns()
    with turns.waiting():
        pass

    assert list(turns.paced(range(60))) == list(range(60))


@pytest.mark.django_db
def test_statements_and_copies_are_waits() -> None:
    turns, seen = Turns(), list[tuple[str, bool]]()

    def look(execute: object, sql: str, *rest: object) -> object:
        seen.append((sql.split(maxsplit=1)[0], turns._is_first_waiting.is_set()))
        assert callable(execute)
        return execute(sql, *rest)

    with turns.waiting():
        pass
    with connection.execute_wrapper(turns.execute), connection.execute_wrapper(look), connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE copied (number int) ON COMMIT DROP")
        copy_columns("copied", {"number": [1, 2]}, 2)
        cursor.execute("SELECT count(*) FROM copied")
        assert cursor.fetchone() == (2,)

    assert seen == [("CREATE", True), ("COPY", True), ("SELECT", True)]
    assert not turns._is_first_waiting.is_set()
