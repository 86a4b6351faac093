"""Mails of notices: what was read is never mailed, and nothing is mailed twice."""

from datetime import timedelta
from email.message import Message
from smtplib import SMTPRecipientsRefused
from threading import Barrier, Thread

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from workspace.notices import actions, mailing, tasks
from workspace.notices.models import DigestPlan, Level, Notice, NoticeMail, Preference
from workspace.notices.tests.conftest import Name
from workspace.people.actions import add_person, give_role
from workspace.people.models import Department, Person
from workspace.people.roles import Role
from workspace.remarks import actions as remarks
from workspace.tests.moments import NOW

pytestmark = pytest.mark.django_db

State = NoticeMail.State


@pytest.fixture(autouse=True)
def _no_pause() -> None:
    cache.clear()


def send(after: timedelta = timedelta(minutes=6)) -> None:
    """A round of the clock, so long from now."""
    with time_machine.travel(timezone.now() + after, tick=False):
        cache.clear()
        tasks.send_mails()


def states() -> list[str]:
    return list(NoticeMail.objects.order_by("pk").values_list("state", flat=True))


def test_all_that_waits_goes_out_in_one_mail_after_five_minutes(
    name: Name, mara: Person, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    name("First")
    name("Second")

    send(timedelta(minutes=4))
    assert mailoutbox == []
    send()
    send(timedelta(hours=1))

    (mail,) = mailoutbox
    assert (mail.to, mail.subject) == (["mara@fennmark.example"], "Sales: 2 mentions, the last by Otto Aalto")
    assert "Second, @Mara Lindholm" in str(mail.body)
    assert "/settings/notices/" in str(mail.body)
    html = str(mail.alternatives[0][0])
    assert f'/notices/{Notice.objects.latest("pk").pk}/"><b>Sales</b>' in html
    assert "/settings/notices/" in html
    sent = NoticeMail.objects.get()
    assert (sent.state, sent.notices.count()) == (State.SENT, 2)
    assert mail.extra_headers["Message-ID"] == sent.message_id


def test_what_was_read_meanwhile_is_not_mailed(
    name: Name, mara: Person, sales: Department, mailoutbox: list[EmailMessage]
) -> None:
    name()
    actions.read_about(sales, by=mara, at=timezone.now())

    send()

    assert mailoutbox == []
    assert states() == []


def test_what_is_read_between_gathering_and_sending_is_not_mailed(
    name: Name, mara: Person, sales: Department, mailoutbox: list[EmailMessage]
) -> None:
    name()
    now = timezone.now() + timedelta(minutes=6)
    mail = mailing.claim(now)
    assert mail is not None
    actions.read_about(sales, by=mara, at=now)

    mailing.hand_over(mail, EmailBackend(), now)

    assert mailoutbox == []
    assert states() == [State.NEEDLESS]


def test_what_the_reader_may_no_longer_see_is_not_mailed(
    otto: Person, mara: Person, mailoutbox: list[EmailMessage]
) -> None:
    give_role(mara, Role.ADMINISTRATOR)
    role = Group.objects.order_by("pk").first()
    assert role is not None
    remarks.say(role, f"Secret, @{mara.email}", by=otto, at=timezone.now())
    give_role(mara, Role.REP)

    send()

    assert mailoutbox == []
    assert states() == [State.NEEDLESS]


def test_who_left_gets_no_mail(name: Name, mara: Person, mailoutbox: list[EmailMessage]) -> None:
    notice = name()
    mara.is_active = False
    mara.save(update_fields=["is_active"])

    send()

    notice.refresh_from_db()
    assert (mailoutbox, notice.mail_due_at) == ([], None)


def test_times_are_told_in_the_readers_zone(name: Name, mara: Person, mailoutbox: list[EmailMessage]) -> None:
    mara.time_zone = "Asia/Kolkata"
    mara.save(update_fields=["time_zone"])
    told = name().told_at.astimezone(mara.zone)

    send()

    assert f"{told:%H:%M}" in str(mailoutbox[0].body)
    assert "Asia/Kolkata" in str(mailoutbox[0].body)


def test_a_record_of_any_name_makes_a_mail_of_one_subject_line(
    otto: Person, mara: Person, mailoutbox: list[EmailMessage]
) -> None:
    hostile = add_person(
        "h@fennmark.example", name="A\r\nBcc: x@y.z <i>", role=Role.REP, departments="", by=None, at=NOW
    )
    remarks.say(hostile, f"<script>, @{mara.email}", by=otto, at=timezone.now())

    send()

    message: Message = mailoutbox[0].message()
    assert str(message["Subject"]).startswith("A Bcc: x@y.z <i>: Otto Aalto")
    assert message["Bcc"] is None
    html = str(mailoutbox[0].alternatives[0][0])  # type: ignore[attr-defined]  # it has two forms
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


class Refusing(EmailBackend):
    """A server that takes connections and refuses every mail to Mara."""

    def send_messages(self, messages: list[EmailMessage]) -> int:  # type: ignore[override]  # a list is what comes
        if messages[0].to == ["mara@fennmark.example"]:
            raise SMTPRecipientsRefused({"mara@fennmark.example": (550, b"no such user")})
        return super().send_messages(messages)


@pytest.fixture
def refusing(settings: Settings) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"


@pytest.mark.usefixtures("refusing")
def test_a_refused_mail_waits_longer_each_time_and_holds_up_nobody(
    name: Name, mara: Person, mailoutbox: list[EmailMessage]
) -> None:
    ruth = add_person("ruth@fennmark.example", name="Ruth Aalto", role=Role.REP, departments="S", by=None, at=NOW)
    name()
    name(whom=ruth)

    send()

    assert [mail.to for mail in mailoutbox] == [["ruth@fennmark.example"]]
    mail = NoticeMail.objects.get(person=mara)
    assert (mail.state, mail.tries) == (State.WAITING, 1)
    assert "no such user" in mail.error
    send(timedelta(minutes=6, seconds=30))
    mail.refresh_from_db()
    assert mail.tries == 1, "not before its time"
    for _ in range(mailing.MOST_TRIES):
        mail.refresh_from_db()
        if mail.due_at is not None:
            send(mail.due_at - timezone.now() + timedelta(seconds=1))
    mail.refresh_from_db()
    assert (mail.state, mail.tries) == (State.GIVEN_UP, mailing.MOST_TRIES)
    assert Notice.objects.unread().filter(person=mara).exists(), "the bell has it still"


def test_a_mail_that_cannot_be_written_holds_up_no_other_and_is_given_up(
    name: Name, mara: Person, mailoutbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    ruth = add_person("ruth@fennmark.example", name="Ruth Aalto", role=Role.REP, departments="S", by=None, at=NOW)
    name()
    compose = mailing.compose

    def of_others(mail: NoticeMail) -> EmailMultiAlternatives | None:
        if mail.person == mara:
            raise KeyError("no words")
        return compose(mail)

    monkeypatch.setattr(mailing, "compose", of_others)
    send()
    name(whom=ruth)
    send()
    mail = NoticeMail.objects.get(person=mara)
    assert ([sent.to for sent in mailoutbox], mail.state, mail.tries) == ([[ruth.email]], State.WAITING, 1)
    assert "no words" in mail.error

    for _ in range(mailing.MOST_TRIES - 1):
        mail.refresh_from_db()
        assert mail.due_at is not None
        send(mail.due_at - timezone.now() + timedelta(seconds=1))

    mail.refresh_from_db()
    assert (mail.state, mail.tries) == (State.GIVEN_UP, mailing.MOST_TRIES)


class Away(EmailBackend):
    """A server that is away."""

    def open(self) -> bool:
        raise ConnectionRefusedError


def test_a_server_that_is_away_costs_no_mail_a_try_and_is_left_in_peace(
    name: Name, settings: Settings, mailoutbox: list[EmailMessage]
) -> None:
    name()
    there = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = f"{__name__}.Away"
    with time_machine.travel(timezone.now() + timedelta(minutes=6), tick=False):
        tasks.send_mails()
        settings.EMAIL_BACKEND = there
        tasks.send_mails()
        assert (states(), mailoutbox) == ([], [])

    send(timedelta(minutes=8))

    assert states() == [State.SENT]
    assert NoticeMail.objects.get().tries == 1


def test_a_worker_that_dies_before_handing_over_costs_time_only(name: Name, mailoutbox: list[EmailMessage]) -> None:
    name()
    now = timezone.now() + timedelta(minutes=6)
    assert mailing.claim(now) is not None

    send()
    assert mailoutbox == [], "somebody may be at it"
    send(timedelta(minutes=12))

    assert len(mailoutbox) == 1
    assert states() == [State.SENT]


def test_a_mail_whose_worker_dies_while_handing_it_over_is_not_sent_again(
    name: Name, mara: Person, mailoutbox: list[EmailMessage]
) -> None:
    name("First")
    now = timezone.now() + timedelta(minutes=6)
    mail = mailing.claim(now)
    assert mail is not None

    class Dying(EmailBackend):
        def send_messages(self, messages: list[EmailMessage]) -> int:  # type: ignore[override]
            raise SystemExit

    with pytest.raises(SystemExit):
        mailing.hand_over(mail, Dying(), now)
    assert mailing.claim(now + timedelta(minutes=20)) is None
    name("Later")
    send(timedelta(minutes=20))
    send(timedelta(minutes=40))

    assert states() == [State.UNSURE, State.SENT]
    (sent,) = mailoutbox
    assert "Later" in str(sent.body)
    assert "First" not in str(sent.body)


def test_a_worker_that_took_too_long_hands_nothing_over(name: Name, mailoutbox: list[EmailMessage]) -> None:
    name()
    now = timezone.now() + timedelta(minutes=6)
    slow, later = mailing.claim(now), now + mailing.LEASE
    quick = mailing.claim(later)
    assert slow is not None
    assert quick is not None

    mailing.hand_over(quick, EmailBackend(), later)
    mailing.hand_over(slow, EmailBackend(), later)

    assert len(mailoutbox) == 1


@pytest.mark.django_db(transaction=True)
def test_of_workers_at_once_one_gathers_for_a_person(name: Name) -> None:
    name()
    now, barrier, claimed = timezone.now() + timedelta(minutes=6), Barrier(4), list[NoticeMail | None]()

    def work() -> None:
        barrier.wait()
        claimed.append(mailing.claim(now))
        connection.close()

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len([mail for mail in claimed if mail is not None]) == 1


def test_a_digest_comes_once_at_its_hour_with_what_is_unread(
    name: Name, mara: Person, mailoutbox: list[EmailMessage]
) -> None:
    Preference.objects.create(person=mara, kind="mention", level=Level.DIGEST)
    name("One")
    notice = name("Two")
    due = notice.mail_due_at
    assert due is not None

    send(due - timezone.now() - timedelta(minutes=1))
    assert mailoutbox == []
    send(due - timezone.now() + timedelta(minutes=1))
    send(due - timezone.now() + timedelta(days=1))

    assert [mail.subject for mail in mailoutbox] == ["Your digest: 2 notices"]


def test_no_digest_comes_where_all_was_read(
    name: Name, mara: Person, sales: Department, mailoutbox: list[EmailMessage]
) -> None:
    Preference.objects.create(person=mara, kind="mention", level=Level.DIGEST)
    name()
    actions.read_about(sales, by=mara, at=timezone.now())

    send(timedelta(days=2))

    assert mailoutbox == []


def test_what_waits_follows_a_new_wish(name: Name, mara: Person, mailoutbox: list[EmailMessage]) -> None:
    notice, now = name(), timezone.now()
    weekly = DigestPlan(rhythm=DigestPlan.Rhythm.WEEKLY, weekday=(now.weekday() + 3) % 7, hour=9)

    actions.set_preferences(mara, {"mention": Level.DIGEST}, plan=weekly, at=now)
    notice.refresh_from_db()
    assert notice.level == Level.DIGEST
    assert notice.mail_due_at is not None
    assert timedelta(days=1) < notice.mail_due_at - now < timedelta(days=4)
    actions.set_preferences(mara, {"mention": Level.BELL}, plan=weekly, at=now)

    notice.refresh_from_db()
    assert (notice.level, notice.mail_due_at is None) == ("bell", True)
    send(timedelta(days=8))
    assert mailoutbox == []


def test_old_notices_are_let_go_with_their_mails(name: Name, mara: Person) -> None:
    name("Unread")
    read = name("Read")
    send()
    Notice.objects.filter(pk=read.pk).update(read_at=timezone.now(), mail_due_at=None)

    with time_machine.travel(timezone.now() + timedelta(days=61), tick=False):
        tasks.forget()
    assert not Notice.objects.filter(pk=read.pk).exists()
    assert NoticeMail.objects.count() == 1
    with time_machine.travel(timezone.now() + timedelta(days=181), tick=False):
        tasks.forget()

    assert (Notice.objects.count(), NoticeMail.objects.count()) == (0, 0)
