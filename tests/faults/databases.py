"""PostgreSQL stopped and started, and killed and recovered, under load."""

from http import HTTPStatus

from django.db import connections

from tests.faults.callers import NO_ANSWER, Caller, Integration, Reader
from tests.faults.files import Files
from tests.faults.place import Place
from tests.faults.promises import Promises
from tests.faults.report import Finding
from tests.faults.waiting import wait_until

ROWS, PROMISES = 2_000, 10
EXPECTED = {HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.CONFLICT, HTTPStatus.SERVICE_UNAVAILABLE}


def run(place: Place) -> list[Finding]:
    """Every second time it is killed instead of stopped; the web processes have to stay what they were."""
    times = place.times(5)
    files, promises = Files(place, "database", ROWS), Promises(place)
    with place.services() as services:
        before = {process.pid for process in services["web"].processes()}
        callers = [Integration(place), Integration(place), Integration(place)]
        reader = Reader(place)
        with callers[0], callers[1], callers[2], reader:
            for number in range(times):
                files.start()
                promises.make(PROMISES)
                place.pause(0, 3)
                _take_away(place, is_killed=number % 2 == 1)
                place.pause(1, 4)
                place.server.start()
                wait_until(place.answers, "the web server answers again")
                place.pause(1, 2)
        wait_until(files.are_in, "all files are in", seconds=600, every=1)
        wait_until(promises.are_marked, "the clock has seen all promises", every=1)
        restarted = len(before - {process.pid for process in services["web"].processes()})
    return _findings(times, restarted, callers=callers, reader=reader, files=files, promises=promises)


def _take_away(place: Place, *, is_killed: bool) -> None:
    connections.close_all()
    process = place.server.process()
    assert process is not None, "the database runs between two rounds"
    if is_killed:
        process.kill()
        process.wait(30)
    else:
        place.server.stop()


def _findings(
    times: int, restarted: int, *, callers: list[Integration], reader: Reader, files: Files, promises: Promises
) -> list[Finding]:
    calls = [sum(numbers) for numbers in zip(*(one.compare() for one in callers), strict=True)]
    asked = sum(one.answers.total() for one in (*callers, reader))
    wrong = sum(_unexpected(one) for one in (*callers, reader)) + reader.not_plain
    away = sum(one.answers[HTTPStatus.SERVICE_UNAVAILABLE] for one in (*callers, reader))
    return [
        Finding(
            "PostgreSQL stopped or killed under load, and started again", f"{times} ×",
            "requests: answered, or told by a plain 503", asked, wrong + restarted, 0,
            f"{away} were told 503; {restarted} web processes had to be started again",
        ),
        Finding("", "", "calls logged by the API, asked again after a 503", *calls),
        Finding("", "", f"rows that came in by {len(files.brought)} files", *files.compare()),
        Finding("", "", "warnings, misses and escalations of promises", *promises.compare()),
    ]  # fmt: skip


def _unexpected(caller: Caller) -> int:
    """Answers that are neither what was asked for nor a 503; a conflict is one's own call that is being carried out."""
    return sum(times for status, times in caller.answers.items() if status not in EXPECTED or status == NO_ANSWER)
