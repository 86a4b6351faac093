"""The link of a mail that stops mails of its kind: Mara presses it, signed in or not, or her mail program does."""

import re
from datetime import timedelta
from http import HTTPStatus

import pytest
import time_machine
from django.core.cache import cache
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.utils import timezone

from workspace.notices import kinds, mailing, stopping, tasks
from workspace.notices.models import DigestPlan, Level, Notice, NoticeMail, Preference
from workspace.people.models import Department, Person
from workspace.remarks import actions as remarks

pytestmark = pytest.mark.django_db

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture(autouse=True)
def _no_limit_is_used() -> None:
    cache.clear()


@pytest.fixture
def sales() -> Department:
    return Department.objects.get(key="S")


def mailed(by: Person, whom: Person, about: Department, after: timedelta = timedelta(minutes=6)) -> None:
    """Somebody is named, and what is due so much later is mailed."""
    remarks.say(about, f"Look, @{whom.email}", by=by, at=timezone.now())
    with time_machine.travel(timezone.now() + after, tick=False):
        cache.clear()
        tasks.send_mails()


def link_of(mail: EmailMultiAlternatives) -> str:
    """The path of the link, which stands in both forms of the mail and in its header."""
    found = re.search(r"without signing in: http://[^/]+(/t/notices/\S+)", str(mail.body))
    assert found is not None
    assert mail.extra_headers["List-Unsubscribe"] == f"<http://127.0.0.1:8000{found[1]}>"
    assert mail.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f'{found[1]}"' in str(mail.alternatives[0][0])
    return found[1]


@pytest.fixture
def link(otto: Person, mara: Person, sales: Department, mailoutbox: list[EmailMultiAlternatives]) -> str:
    mailed(otto, mara, sales)
    return link_of(mailoutbox[0])


def test_the_page_asks_and_changes_nothing(client: Client, link: str, mara: Person) -> None:
    page = client.get(link)

    assert page.status_code == HTTPStatus.OK
    assert page.text.count("<button") == 1
    assert "Stop these mails?" in page.text
    assert not Preference.objects.exists()
    assert mara.email not in page.text
    assert str(mara) not in page.text


@pytest.mark.parametrize("pressed", [{}, ONE_CLICK], ids=["button", "mail program"])
def test_the_button_or_the_mail_program_stops_mails_and_not_the_digest(
    link: str, otto: Person, mara: Person, mailoutbox: list[EmailMultiAlternatives], pressed: dict[str, str]
) -> None:
    Preference.objects.create(person=mara, kind="remark", level=Level.DIGEST)
    Preference.objects.create(person=otto, kind="remark", level=Level.MAIL)
    stranger = Client(enforce_csrf_checks=True)

    for _ in range(2):
        answer = stranger.post(link, pressed)
        assert answer.status_code == HTTPStatus.OK
        assert "These mails come no more" in answer.text

    levels = kinds.levels_of(mara)
    assert Level.MAIL not in levels.values()
    assert (levels["mention"], levels["remark"]) == (Level.BELL, Level.DIGEST)
    assert kinds.levels_of(otto)["remark"] == Level.MAIL, "of others nothing is changed"
    assert "_auth_user_id" not in stranger.session
    mailed(otto, mara, Department.objects.get(key="S"))
    assert len(mailoutbox) == 1
    assert Notice.objects.of(mara).unread().count() == 2, "the bell has both"


def test_the_link_of_a_digest_stops_digests_alone(
    client: Client, otto: Person, mara: Person, sales: Department, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    Preference.objects.create(person=mara, kind="mention", level=Level.DIGEST)
    DigestPlan.objects.create(person=mara, hour=17)
    mailed(otto, mara, sales, after=timedelta(days=2))

    client.post(link_of(mailoutbox[0]))

    levels = kinds.levels_of(mara)
    assert levels["mention"] == Level.BELL
    assert Level.MAIL in levels.values()
    assert DigestPlan.objects.get(person=mara).hour == 17


def test_what_waits_for_the_next_try_is_not_sent_any_more(
    client: Client, otto: Person, mara: Person, sales: Department, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    remarks.say(sales, f"Look, @{mara.email}", by=otto, at=timezone.now())
    now = timezone.now() + timedelta(minutes=6)
    mail = mailing.claim(now)
    assert mail is not None
    NoticeMail.objects.update(state=NoticeMail.State.WAITING, due_at=now)

    client.post(stopping.link(mail))
    with time_machine.travel(now + timedelta(minutes=1), tick=False):
        tasks.send_mails()

    mail.refresh_from_db()
    assert (mail.state, mailoutbox) == (NoticeMail.State.NEEDLESS, [])


@pytest.mark.parametrize("change", ["x", "", "y" * 300])
def test_a_forged_link_is_gone_like_one_of_somebody_who_left(
    client: Client, link: str, mara: Person, change: str
) -> None:
    head, _colon, signature = link.rstrip("/").rpartition(":")
    forged = client.post(f"{head}:{change}{signature[2:]}/")
    Person.objects.filter(pk=mara.pk).update(is_active=False)
    left = client.post(link)

    assert (forged.status_code, left.status_code) == (HTTPStatus.GONE, HTTPStatus.GONE)
    assert bare(forged.text) == bare(left.text), "nobody learns who is here"
    assert not Preference.objects.exists()


def bare(page: str) -> str:
    """A page without what differs each time."""
    return re.sub(r'(nonce|content|value)="[^"]*"', "", page)


@pytest.mark.parametrize(("days", "status"), [(179, HTTPStatus.OK), (181, HTTPStatus.GONE)])
def test_the_link_is_good_for_as_long_as_the_lines_of_its_mail(
    client: Client, link: str, days: int, status: HTTPStatus
) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=days), tick=False):
        assert client.get(link).status_code == status


def test_whoever_tries_links_has_to_wait(client: Client) -> None:
    answers = [client.get("/t/notices/guessed/").status_code for _ in range(121)]

    assert answers.count(HTTPStatus.GONE) == 120
    assert answers[-1] == HTTPStatus.TOO_MANY_REQUESTS
