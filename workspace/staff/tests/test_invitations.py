"""Coming in by invitation: Otto invites Iris; the mail is never lost, and its link opens once."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from unittest.mock import Mock

import pytest
import time_machine
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from kombu.exceptions import OperationalError
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from smarketing.celery import app
from workspace.journal.models import JournalEntry
from workspace.people.models import Department, Invitation, Person
from workspace.people.roles import Role
from workspace.staff import actions, tasks
from workspace.tests.moments import NOW

PASSWORD = "correct horse battery"


class Refusing(BaseEmailBackend):
    """A mail server that is away."""

    def send_messages(self, email_messages: object) -> int:
        raise ConnectionRefusedError


@pytest.fixture(autouse=True)
def _now() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def clock(_now: time_machine.Traveller) -> time_machine.Traveller:
    return _now


@pytest.fixture
def invitation(otto: Person) -> Invitation:
    marketing = Department.objects.filter(key="M")
    return actions.invite("Iris@Fennmark.example", role=Role.MARKETER, departments=marketing, by=otto, at=NOW)


def secret_of(mail: EmailMessage) -> str:
    found = re.search(r"/join/([^/\s]+)/", str(mail.body))
    assert found is not None
    return found[1]


def accept(secret: str, at: datetime = NOW, password: str = PASSWORD, email: str = "") -> Person:
    return actions.accept_invitation(
        secret, email=email, name="Iris Berg", password=password, time_zone="Europe/Oslo", at=at
    )


def test_the_invited_person_comes_in_with_role_and_department(
    invitation: Invitation, mailoutbox: list[EmailMessage]
) -> None:
    tasks.mail_invitation(invitation.pk)

    iris = accept(secret_of(mailoutbox[0]))

    assert iris.email == "iris@fennmark.example"
    assert iris.check_password(PASSWORD)
    assert iris.roles == {"marketer"}
    assert iris.department_keys == ["M"]
    assert not iris.is_staff
    assert mailoutbox[0].to == ["iris@fennmark.example"]
    verbs = JournalEntry.objects.order_by("pk").values_list("verb", "actor__name")
    assert list(verbs) == [("person.invited", "Otto Aalto"), ("person.joined", "Iris Berg")]


def test_the_mail_arrives_at_a_real_server(invitation: Invitation, settings: Settings) -> None:
    received = Mock()

    class Inbox(Message):
        def handle_message(self, message: object) -> None:
            received(message)

    server = Controller(Inbox(), hostname="127.0.0.1", port=0)
    server.port = _free_port()
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    try:
        tasks.mail_invitation(invitation.pk)
    finally:
        server.stop()

    message = received.call_args.args[0]
    assert message["To"] == "iris@fennmark.example"
    assert "Otto Aalto invites you" in message["Subject"]
    assert "/join/" in message.get_payload(decode=True).decode()


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_a_dead_broker_loses_no_invitation(
    otto: Person,
    mailoutbox: list[EmailMessage],
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    monkeypatch.setattr(app, "send_task", Mock(side_effect=OperationalError("no broker")))
    with django_capture_on_commit_callbacks(execute=True):
        actions.invite("iris@fennmark.example", role=Role.REP, departments=[], by=otto, at=NOW)
    assert mailoutbox == []

    monkeypatch.setattr(app, "send_task", lambda _name, args, **_how: tasks.mail_invitation(*args))
    with django_capture_on_commit_callbacks(execute=True):
        tasks.sweep_invitations()

    assert len(mailoutbox) == 1


def test_running_twice_sends_one_mail(invitation: Invitation, mailoutbox: list[EmailMessage]) -> None:
    tasks.mail_invitation(invitation.pk)
    tasks.mail_invitation(invitation.pk)

    assert len(mailoutbox) == 1


def test_a_mail_server_that_is_away_is_tried_again_ever_later_and_in_the_end_no_more(
    invitation: Invitation, settings: Settings, clock: time_machine.Traveller
) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    waits = []

    while invitation.mail_due_at is not None:
        clock.move_to(invitation.mail_due_at)
        tasks.mail_invitation(invitation.pk)
        before = invitation.mail_due_at
        invitation.refresh_from_db()
        if invitation.mail_due_at:
            waits.append((invitation.mail_due_at - before).total_seconds() / 60)

    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256]
    assert invitation.digest is None, "no mail went out, so no link is stored"
    actions.mail_again(invitation, by=invitation.invited_by, at=NOW)  # type: ignore[arg-type]  # Otto invited
    assert Invitation.objects.to_mail(NOW).get() == invitation


def test_a_link_works_once(invitation: Invitation, mailoutbox: list[EmailMessage]) -> None:
    tasks.mail_invitation(invitation.pk)
    secret = secret_of(mailoutbox[0])
    accept(secret)

    with pytest.raises(ValidationError, match="used up or too old"):
        accept(secret)


def test_a_link_works_for_two_weeks(invitation: Invitation, mailoutbox: list[EmailMessage]) -> None:
    tasks.mail_invitation(invitation.pk)
    secret = secret_of(mailoutbox[0])

    with pytest.raises(ValidationError, match="used up or too old"):
        accept(secret, at=NOW + timedelta(days=14))
    assert accept(secret, at=NOW + timedelta(days=14, seconds=-1)).pk


def test_a_second_invitation_ends_the_first(
    invitation: Invitation, otto: Person, mailoutbox: list[EmailMessage]
) -> None:
    tasks.mail_invitation(invitation.pk)

    again = actions.invite("iris@fennmark.example", role=Role.REP, departments=[], by=otto, at=NOW)
    tasks.mail_invitation(again.pk)

    assert actions.find_invitation(secret_of(mailoutbox[0]), at=NOW) is None
    assert actions.find_invitation(secret_of(mailoutbox[1]), at=NOW) == again


def test_a_withdrawn_invitation_opens_nothing(
    invitation: Invitation, otto: Person, mailoutbox: list[EmailMessage]
) -> None:
    tasks.mail_invitation(invitation.pk)

    actions.withdraw(invitation, by=otto, at=NOW)

    assert actions.find_invitation(secret_of(mailoutbox[0]), at=NOW) is None


def test_only_administrators_invite(mara: Person) -> None:
    with pytest.raises(PermissionDenied):
        actions.invite("iris@fennmark.example", role=Role.REP, departments=[], by=mara, at=NOW)


@pytest.mark.parametrize(
    ("address", "words"), [("mara@fennmark.example", "here already"), ("no address", "valid email")]
)
def test_who_is_here_or_has_no_address_is_not_invited(otto: Person, mara: Person, address: str, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        actions.invite(address, role=Role.REP, departments=[], by=otto, at=NOW)


def test_a_weak_password_does_not_do_and_uses_nothing_up(
    invitation: Invitation, mailoutbox: list[EmailMessage]
) -> None:
    tasks.mail_invitation(invitation.pk)
    secret = secret_of(mailoutbox[0])

    with pytest.raises(ValidationError) as refused:
        accept(secret, password="password")

    assert list(refused.value.message_dict) == ["password"]
    assert accept(secret).pk


@pytest.mark.django_db
def test_the_first_administrator_comes_in_by_a_link_that_is_good_for_a_day() -> None:
    first = actions.first_administrator_link(at=NOW)
    link = actions.first_administrator_link(at=NOW)
    secret = link.rstrip("/").rpartition("/")[2]

    assert actions.find_invitation(first.rstrip("/").rpartition("/")[2], at=NOW) is None, "the newest counts"
    assert actions.find_invitation(secret, at=NOW + timedelta(days=1)) is None
    otto = accept(secret, email="Otto@fennmark.example")

    assert otto.email == "otto@fennmark.example"
    assert otto.roles == {"administrator"}
    assert otto.is_staff
    with pytest.raises(PermissionDenied):
        actions.first_administrator_link(at=datetime(2026, 11, 18, tzinfo=UTC))
