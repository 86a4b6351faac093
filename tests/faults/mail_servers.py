"""A mail server in another process that is away, slow, refuses, or drops the connection."""

import datetime as dt
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path

from django.utils import timezone

from tests.faults import mails
from tests.faults.callers import Integration
from tests.faults.files import Files
from tests.faults.place import Place
from tests.faults.promises import Promises
from tests.faults.report import Finding
from tests.faults.waiting import wait_until
from tests.running.workspaces import free_port
from workspace.notices.models import NoticeMail
from workspace.notices.tests import smtp_server
from workspace.people.actions import add_person
from workspace.people.models import Department, Person
from workspace.people.roles import Role
from workspace.remarks import actions as remarks

# What the server does is told by the address.
TROUBLES = ("slow", "refuse", "drop", "calm", "calm2", "calm3")
ROWS, PROMISES = 2_000, 10
AWAY_SECONDS = 20
# The clock looks every five seconds, and a worker that hands over a mail is not the only one.
SOON_SECONDS = 15
# After a dropped connection the server is left in peace for a minute, and a mail waits a minute for its second try.
PATIENCE_SECONDS = 900


def run(place: Place) -> list[Finding]:
    """Everybody is named in a remark each round; the server is away at first, and troubled afterwards."""
    times = place.times(25)
    taken, port = place.data_dir / "taken", free_port()
    taken.touch()
    readers = [_reader(name) for name in TROUBLES]
    files, promises = Files(place, "mail", ROWS), Promises(place)
    began = timezone.now()
    with place.services(EMAIL_URL=f"smtp://127.0.0.1:{port}"), Integration(place) as integration:
        for _number in range(times):
            _name_all(place, readers)
            mails.hurry()
            files.start()
            promises.make(PROMISES)
            place.pause(AWAY_SECONDS, AWAY_SECONDS + 1)
            with _server(port, taken):
                wait_until(mails.are_out, "all mails are out", seconds=PATIENCE_SECONDS, every=1)
        wait_until(files.are_in, "all files are in", seconds=300, every=1)
        wait_until(promises.are_marked, "the clock has seen all promises", every=1)
    return _findings(times, taken, began, files=files, promises=promises, integration=integration)


def _reader(name: str) -> Person:
    return add_person(
        f"{name}@faults.example", name=name.title(), role=Role.REP, departments="S", by=None, at=timezone.now()
    )


def _name_all(place: Place, readers: list[Person]) -> None:
    sales = Department.objects.get(key="S")
    names = " ".join(f"@{reader.email}" for reader in readers)
    remarks.say(sales, f"Look at this, {names}", by=place.leo, at=timezone.now())


@contextmanager
def _server(port: int, taken: Path) -> Iterator[None]:
    command = [sys.executable, smtp_server.__file__, str(port), str(taken)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.readline()
    try:
        yield
    finally:
        process.kill()
        process.communicate()


def _findings(
    times: int, taken: Path, began: dt.datetime, *, files: Files, promises: Promises, integration: Integration
) -> list[Finding]:
    left = Counter(line.partition(" ")[2] for line in taken.read_text().splitlines())
    sent = NoticeMail.objects.filter(made_at__gte=began)
    counted, lost, twice, unsure = mails.compare(left, sent)
    waited = promises.waited()
    tries = sum(sent.values_list("tries", flat=True))
    failed = sum(number for status, number in integration.answers.items() if status != HTTPStatus.CREATED)
    return [
        Finding(
            "A mail server that is away, slow, refuses, or drops the connection", f"{times} × each",
            "mails of notices", counted, lost + unsure, twice, f"{tries} tries",
        ),
        Finding("", "", "warnings, misses and escalations of promises", *promises.compare()),
        Finding("", "", f"warnings and misses told within {SOON_SECONDS} s of their moment", len(waited),
                sum(seconds > SOON_SECONDS for seconds in waited), 0, f"the last after {max(waited):.1f} s"),
        Finding("", "", f"rows that came in by {len(files.brought)} files", *files.compare()),
        Finding("", "", "requests of an integration, all to be answered", integration.answers.total(), failed, 0,
                f"slowest answer {integration.slowest:.1f} s"),
    ]  # fmt: skip
