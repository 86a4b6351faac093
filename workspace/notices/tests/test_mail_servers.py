"""A real mail server in another process that is slow, refuses, drops the connection, or goes away."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.cache import cache
from django.utils import timezone
from pytest_django import Settings

from workspace.notices import mailing, tasks
from workspace.notices.models import NoticeMail
from workspace.notices.tests import smtp_server
from workspace.notices.tests.conftest import Name
from workspace.people.actions import add_person
from workspace.people.models import Person
from workspace.people.roles import Role
from workspace.tests.moments import NOW

pytestmark = pytest.mark.django_db

State = NoticeMail.State
# Long enough for a machine that is busy, and far from what the slow server takes.
PATIENCE = 5


class Server:
    """The server's process; `taken` are the addresses of the mails that it has."""

    def __init__(self, folder: Path, port: int) -> None:
        self._file = folder / "taken"
        self._file.touch()
        command = [sys.executable, smtp_server.__file__, str(port), str(self._file)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n"

    @property
    def taken(self) -> list[str]:
        return [line.partition(" ")[0].partition("@")[0] for line in self._file.read_text().splitlines()]

    def stop(self) -> None:
        self._process.kill()
        self._process.communicate()


@pytest.fixture
def port(settings: Settings) -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free: int = probe.getsockname()[1]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", free, PATIENCE
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    return free


@pytest.fixture
def server(tmp_path: Path, port: int) -> Iterator[Server]:
    server = Server(tmp_path, port)
    yield server
    server.stop()


def colleague(key: str) -> Person:
    return add_person(f"{key}@fennmark.example", name="", role=Role.REP, departments="S", by=None, at=NOW)


def rounds(number: int, first: timedelta = timedelta(minutes=6)) -> None:
    """Rounds of the clock, far enough apart for pauses and waits."""
    for turn in range(number):
        cache.clear()
        with time_machine.travel(timezone.now() + first + turn * timedelta(minutes=10), tick=True):
            tasks.send_mails()


def state_of(person: Person) -> str:
    return NoticeMail.objects.get(person=person).state


@pytest.mark.parametrize("trouble", ["refuse", "drop"])
def test_a_mail_that_is_refused_or_dropped_goes_out_later_and_once(name: Name, server: Server, trouble: str) -> None:
    troubled, calm = colleague(trouble), colleague("calm")
    name(whom=troubled)
    name(whom=calm)

    rounds(3)

    assert sorted(server.taken) == sorted([trouble, "calm"])
    assert (state_of(troubled), state_of(calm)) == (State.SENT, State.SENT)
    assert NoticeMail.objects.get(person=troubled).tries == 2


def test_a_mail_that_takes_the_server_too_long_holds_up_the_others_for_its_time_only(
    name: Name, server: Server
) -> None:
    slow, calm = colleague("slow"), colleague("calm")
    name(whom=slow)
    name(whom=calm)

    begin = time.monotonic()
    rounds(1)
    assert time.monotonic() - begin < smtp_server.SLOW_SECONDS
    assert state_of(slow) == State.WAITING
    assert "imed out" in NoticeMail.objects.get(person=slow).error
    cache.clear()
    with time_machine.travel(timezone.now() + timedelta(minutes=6, seconds=10), tick=True):
        tasks.send_mails()

    assert state_of(calm) == State.SENT
    assert "calm" in server.taken


def test_mails_wait_for_a_server_that_is_away(name: Name, tmp_path: Path, port: int) -> None:
    away = colleague("calm")
    name(whom=away)
    rounds(3)
    assert not NoticeMail.objects.exists()

    server = Server(tmp_path, port)
    try:
        rounds(1, timedelta(hours=3))
    finally:
        server.stop()

    assert server.taken == ["calm"]
    assert (state_of(away), mailing.is_anything_due(timezone.now() + timedelta(days=1))) == (State.SENT, False)
