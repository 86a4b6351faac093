"""Sessions: where Mara is signed in, from what, since when; and who ends them when."""

from datetime import timedelta
from http import HTTPStatus

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from workspace.journal.models import JournalEntry
from workspace.people.models import Person
from workspace.security import actions, devices, tasks
from workspace.security.models import Alert
from workspace.security.tests.signing_in import FIREFOX, IPHONE, PASSWORD, sign_in, spoken
from workspace.tests.moments import NOW

INDEX = "/settings/security/"


class Refusing(BaseEmailBackend):
    """A mail server that is away."""

    def send_messages(self, email_messages: object) -> int:
        raise ConnectionRefusedError


@pytest.fixture
def here(mara: Person) -> Client:
    client = Client(headers={"User-Agent": FIREFOX})
    sign_in(client, mara)
    return client


@pytest.fixture
def phone(mara: Person) -> Client:
    client = Client(headers={"User-Agent": IPHONE}, REMOTE_ADDR="192.0.2.7")
    sign_in(client, mara, agent=IPHONE)
    return client


def is_in(client: Client) -> bool:
    return client.get("/settings/").status_code == HTTPStatus.OK


def test_the_page_lists_where_one_is_signed_in_and_marks_this_one(here: Client, phone: Client) -> None:
    page = here.get(INDEX)

    assert [(device.words, device.ip, device.is_this) for device in page.context["devices"]] == [
        ("Firefox on Linux", "127.0.0.1", True),
        ("Safari on iPhone", "192.0.2.7", False),
    ]
    assert "192.0.2.7" in page.text


def test_what_tells_of_a_person_is_stored_apart_from_what_happened(here: Client) -> None:
    entry = JournalEntry.objects.get(verb="security.signed_in")

    assert entry.facts == {"how": "password"}
    assert entry.personal == {"device": "Firefox on Linux", "ip": "127.0.0.1"}


def test_one_device_is_signed_out(here: Client, phone: Client) -> None:
    (other,) = (device for device in here.get(INDEX).context["devices"] if not device.is_this)

    here.post(reverse("security:end_session", args=[other.pk]))

    assert (is_in(here), is_in(phone)) == (True, False)
    assert spoken()[-1] == ("security.device_signed_out", "signed Safari on iPhone out, 192.0.2.7")


def test_all_others_are_signed_out(here: Client, phone: Client) -> None:
    page = here.post(reverse("security:end_others"), follow=True)

    assert "1 other device is signed out." in page.text
    assert (is_in(here), is_in(phone)) == (True, False)


def test_nobody_ends_the_session_of_somebody_else(here: Client, mara: Person, otto: Person, as_otto: Client) -> None:
    session = UserSession.objects.get(user=mara)

    assert as_otto.post(reverse("security:end_session", args=[session.pk])).status_code == HTTPStatus.NOT_FOUND
    with pytest.raises(PermissionDenied):
        actions.end_session(session, by=otto, at=NOW)
    assert is_in(here)


def test_an_administrator_signs_a_colleague_out_everywhere(
    as_otto: Client, here: Client, phone: Client, mara: Person
) -> None:
    people = reverse("admin:workspace_people_person_changelist")

    page = as_otto.post(people, {"action": "sign_out", "_selected_action": [mara.pk]}, follow=True)

    assert "1 colleague signed out." in page.text
    assert (is_in(here), is_in(phone)) == (False, False)
    with pytest.raises(PermissionDenied):
        actions.sign_out(mara, by=mara, at=NOW)


def test_a_new_password_ends_the_other_sessions(here: Client, phone: Client) -> None:
    new = {"oldpassword": PASSWORD, "password1": "a new one altogether", "password2": "a new one altogether"}

    changed = here.post(reverse("account_change_password"), new)

    assert changed.headers["Location"] == INDEX
    assert (is_in(here), is_in(phone)) == (True, False)
    assert [verb for verb, _line in spoken()][-2:] == ["security.password_set", "security.sessions_ended"]
    assert [device.is_this for device in here.get(INDEX).context["devices"]] == [True]


def test_a_password_by_a_mailed_link_ends_all_sessions(
    here: Client, phone: Client, client: Client, mara: Person, mailoutbox: list[EmailMessage]
) -> None:
    client.post(reverse("account_reset_password"), {"email": mara.email})
    link = next(word for word in str(mailoutbox[0].body).split() if "/password/reset/key/" in word)
    form = client.get(link, follow=True).redirect_chain[-1][0]

    client.post(form, {"password1": "a new one altogether", "password2": "a new one altogether"})

    assert (is_in(here), is_in(phone)) == (False, False)
    assert "security.password_set" in [verb for verb, _line in spoken()]


def test_the_administration_changes_no_password_by_a_page_of_its_own(as_otto: Client) -> None:
    assert as_otto.get(reverse("admin:password_change")).headers["Location"] == INDEX


def test_signing_out_forgets_the_session(here: Client, mara: Person) -> None:
    here.post(reverse("account_logout"))

    assert not UserSession.objects.filter(user=mara).exists()


def test_when_a_session_was_last_seen_is_known_to_five_minutes_and_costs_nothing_between(
    here: Client, mara: Person, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    begun = UserSession.objects.get(user=mara).last_seen_at
    with django_assert_num_queries(2):  # session, visitor
        here.get("/keys/", headers={"HX-Request": "true"})
    assert UserSession.objects.get(user=mara).last_seen_at == begun

    with time_machine.travel(timezone.now() + timedelta(minutes=6), tick=False):
        here.get("/keys/", headers={"HX-Request": "true", "User-Agent": IPHONE}, REMOTE_ADDR="192.0.2.9")

    session = UserSession.objects.get(user=mara)
    assert session.last_seen_at >= begun + timedelta(minutes=6)
    assert (session.ip, devices.describe(session.user_agent)) == ("192.0.2.9", "Safari on iPhone")


def test_sessions_that_ended_by_themselves_are_forgotten_and_not_listed(here: Client, phone: Client) -> None:
    gone = UserSession.objects.get(ip="192.0.2.7")
    Session.objects.filter(session_key=gone.session_key).update(expire_date=timezone.now())
    assert len(here.get(INDEX).context["devices"]) == 1

    tasks.forget_ended_sessions()

    assert UserSession.objects.get().ip == "127.0.0.1"
    assert Session.objects.count() == 1


def test_wrong_passwords_are_throttled_and_told(client: Client, mara: Person) -> None:
    for _try in range(5):
        sign_in(client, mara, password="guess")

    refused = client.post("/accounts/login/", {"login": mara.email, "password": PASSWORD})

    assert "Too many failed login attempts" in refused.text
    assert [verb for verb, _line in spoken()] == ["security.refused"] * 5


def test_a_wrong_password_is_said_in_words_and_whoever_comes_in_sees_that_somebody_tried(
    client: Client, mara: Person
) -> None:
    refused = client.post("/accounts/login/", {"login": mara.email, "password": "guess"})
    sign_in(client, mara)

    assert "This address and this password do not belong together." in refused.text
    assert "Somebody</b> was refused: wrong password" in client.get(INDEX).text


@pytest.mark.parametrize("rows", [1, 20])
def test_the_security_page_costs_the_same_queries_at_any_length(
    here: Client, mara: Person, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    for number in range(rows):
        key = f"{number:032}"
        Session.objects.create(session_key=key, expire_date=timezone.now() + timedelta(days=1))
        UserSession.objects.create(user=mara, session_key=key, ip="192.0.2.1", user_agent=IPHONE)
        actions.tell("security.codes_made", mara, by=mara, at=NOW)
    here.get(INDEX)

    # Session, visitor; factors, devices, linked accounts, events; two of permissions, roles, departments, name, badges.
    with django_assert_num_queries(11):
        page = here.get(INDEX)

    assert len(page.context["devices"]) == rows + 1


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox on Linux"),
        (IPHONE, "Safari on iPhone"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/139.0 Safari/537.36",
            "Chrome on Windows",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/139.0 Safari/537.36 Edg/139.0", "Edge on Windows"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/139.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1 Version/18 Safari/605.1", "Safari on Mac"),
        ("Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) AppleWebKit/605 CriOS/139 Safari/604", "Chrome on iPad"),
        ("curl/8.5.0", "a device that does not say what it is"),
        ("", "a device that does not say what it is"),
    ],
)
def test_a_device_is_told_in_words(agent: str, words: str) -> None:
    assert devices.describe(agent) == words


def test_a_mail_server_that_is_away_loses_no_warning_and_ends_the_tries(
    mara: Person, settings: Settings, mailoutbox: list[EmailMessage]
) -> None:
    actions.tell("security.password_set", mara, by=mara, at=timezone.now())
    alert = Alert.objects.get()
    tasks.mail_alert(alert.pk)
    assert "Mara Lindholm set a new password" in str(mailoutbox[0].body)
    assert not Alert.objects.exists(), "mailed once, and then forgotten"
    tasks.mail_alert(alert.pk)
    assert len(mailoutbox) == 1

    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    actions.tell("security.password_set", mara, by=mara, at=timezone.now())
    waits = []
    while (due := Alert.objects.first()) is not None:
        with time_machine.travel(due.mail_due_at, tick=False):
            tasks.mail_alert(due.pk)
            after = Alert.objects.first()
            waits += [(after.mail_due_at - due.mail_due_at).total_seconds() / 60] if after else []
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256]


def test_the_demo_company_gets_no_mail(mara: Person) -> None:
    Person.objects.filter(pk=mara.pk).update(is_demo=True)
    mara.refresh_from_db()

    actions.tell("security.password_set", mara, by=mara, at=NOW)

    assert not Alert.objects.exists()
