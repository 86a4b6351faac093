"""Second factors: Mara sets one up, is asked for it, loses it; Otto decides who needs one, and resets what is lost."""

from http import HTTPStatus

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.mail import EmailMessage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks, Settings

from workspace.hooks import actions as hooks
from workspace.people.actions import add_person, give_role
from workspace.people.models import Person
from workspace.people.roles import Role
from workspace.security import actions, tasks
from workspace.security.models import Alert
from workspace.security.options import SECOND_FACTOR_ROLES
from workspace.security.tests.signing_in import (
    PASSWORD,
    app_of,
    code_of,
    passkey_of,
    set_up_app,
    sign_in,
    sign_in_with_app,
    spoken,
    wrong_code,
)
from workspace.tests.moments import NOW

DEMANDED = "/settings/security/second-factor/"
INDEX = "/settings/security/"


@pytest.fixture
def demand(otto: Person) -> None:
    """Reps need a second factor."""
    actions.demand_of([Role.REP], by=otto, at=NOW)


def test_a_second_factor_is_asked_for_after_the_password(client: Client, mara: Person) -> None:
    secret = app_of(mara)

    assert sign_in(client, mara) == reverse("mfa_authenticate")
    assert client.get("/leads/").headers["Location"].startswith("/accounts/login/")
    page = client.post(reverse("mfa_authenticate"), {"code": wrong_code(secret)})
    assert "That did not fit." in page.text
    landed = client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})

    assert landed.headers["Location"] == "/"
    assert [line.partition(",")[0] for _verb, line in spoken()] == [
        "was refused: wrong code",
        "signed in by password and authenticator app",
    ]
    assert secret not in str(spoken())


def test_an_app_is_set_up_with_a_code_that_it_shows_and_recovery_codes_come_with_it(
    client: Client, mara: Person, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    sign_in(client, mara)
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    assert f'<code class="key">{secret}</code>' in page.text

    assert "That did not fit." in client.post(reverse("mfa_activate_totp"), {"code": wrong_code(secret)}).text
    with django_capture_on_commit_callbacks(execute=True):
        done = client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)}, follow=True)

    assert done.redirect_chain[-1][0] == reverse("mfa_view_recovery_codes")
    assert done.text.count("<li><code>") == 10
    stored = Authenticator.objects.get(type="totp").data["secret"]
    assert secret not in stored, "sealed at rest"
    assert ("security.app_added", "set up an authenticator app") in spoken()


def test_what_is_delicate_asks_again_who_one_is_some_time_after_the_sign_in(
    client: Client, mara: Person, settings: Settings
) -> None:
    sign_in(client, mara)
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0

    asked = client.get(reverse("mfa_activate_totp"))
    assert asked.headers["Location"].startswith(reverse("account_reauthenticate"))
    wrong = client.post(asked.headers["Location"], {"password": "something else"})
    assert wrong.status_code == HTTPStatus.OK
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
    right = client.post(asked.headers["Location"], {"password": PASSWORD})

    assert right.headers["Location"] == reverse("mfa_activate_totp")


@pytest.mark.parametrize(("steps", "is_accepted"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_telephone_whose_clock_is_half_a_minute_off_gets_in(
    client: Client, mara: Person, steps: int, *, is_accepted: bool
) -> None:
    secret = app_of(mara)
    with time_machine.travel(NOW, tick=False):
        sign_in(client, mara)

        answer = client.post(reverse("mfa_authenticate"), {"code": code_of(secret, steps)})

    assert (answer.status_code == HTTPStatus.FOUND) is is_accepted


@pytest.mark.parametrize("door", ["mfa_authenticate", "mfa_reauthenticate"])
def test_a_code_opens_once_for_as_long_as_it_is_good(client: Client, mara: Person, door: str) -> None:
    secret = app_of(mara)
    with time_machine.travel(NOW, tick=False) as clock:
        code = code_of(secret, 1)
        sign_in(client, mara)
        client.post(reverse("mfa_authenticate"), {"code": code if door == "mfa_authenticate" else code_of(secret)})
        if door == "mfa_reauthenticate":
            client.post(reverse(door), {"code": code})
        client.post(reverse("account_logout"))

        clock.shift(59)
        sign_in(client, mara)
        again = client.post(reverse("mfa_authenticate"), {"code": code})
        other = client.post(reverse("mfa_authenticate"), {"code": code_of(secret, 1)})

    assert "That did not fit." in again.text
    assert other.headers["Location"] == "/"


def test_a_recovery_code_opens_once_and_is_told_by_mail(
    client: Client, mara: Person, mailoutbox: list[EmailMessage]
) -> None:
    sign_in(client, mara)
    set_up_app(client)
    codes = client.get(reverse("mfa_view_recovery_codes")).context["unused_codes"]
    client.post(reverse("account_logout"))

    for expected in (HTTPStatus.FOUND, HTTPStatus.OK):
        sign_in(client, mara)
        answer = client.post(reverse("mfa_authenticate"), {"code": codes[0]})
        assert answer.status_code == expected
        client.post(reverse("account_logout"))

    assert ("security.code_used", "used a recovery code; 9 are left") in spoken()
    for alert in Alert.objects.filter(text__contains="recovery code"):
        tasks.mail_alert(alert.pk)
    assert "used a recovery code; 9 are left" in str(mailoutbox[0].body)
    assert not any(used in str(mail.body) for mail in mailoutbox for used in codes)


def test_wrong_codes_are_throttled(client: Client, mara: Person) -> None:
    secret = app_of(mara)
    sign_in(client, mara)

    answers = [client.post(reverse("mfa_authenticate"), {"code": wrong_code(secret)}).text for _try in range(6)]
    right = client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})

    assert ["Too many failed login attempts" in answer for answer in answers] == [False] * 5 + [True]
    assert right.status_code == HTTPStatus.OK, "the right one does not do either, for some minutes"
    assert "Too many failed login attempts" in right.text


def test_whoever_needs_a_second_factor_sets_one_up_before_anything_else(
    client: Client, mara: Person, demand: None
) -> None:
    sign_in(client, mara)

    for address in ("/", "/leads/", INDEX, "/settings/", "/imports/", reverse("account_change_password")):
        assert client.get(address).headers["Location"] == DEMANDED, address
    assert client.get("/leads/", headers={"HX-Request": "true"}).headers["HX-Redirect"] == DEMANDED
    assert "One more step" in client.get(DEMANDED).text
    assert client.get("/healthz").status_code == HTTPStatus.OK
    set_up_app(client)

    assert client.get("/leads/").status_code == HTTPStatus.OK
    assert client.get(DEMANDED).headers["Location"] == "/"


def test_whoever_needs_a_second_factor_may_leave(client: Client, mara: Person, demand: None) -> None:
    sign_in(client, mara)

    client.post(reverse("account_logout"))

    assert client.get("/").headers["Location"].startswith("/accounts/login/")


def test_a_demand_meets_people_at_their_next_click_and_no_other_role(
    client: Client, mara: Person, otto: Person
) -> None:
    client.force_login(mara)
    assert client.get("/leads/").status_code == HTTPStatus.OK

    actions.demand_of([Role.REP], by=otto, at=NOW)
    assert client.get("/leads/").headers["Location"] == DEMANDED
    give_role(mara, Role.MARKETER)
    assert client.get("/leads/").status_code == HTTPStatus.OK
    actions.demand_of([], by=otto, at=NOW)
    give_role(mara, Role.REP)

    assert client.get("/leads/").status_code == HTTPStatus.OK


def test_who_may_everything_without_a_role_is_held_for_an_administrator(client: Client, otto: Person) -> None:
    root = Person.objects.create_superuser("root@fennmark.example", PASSWORD)
    actions.demand_of([Role.ADMINISTRATOR], by=otto, at=NOW)
    client.force_login(root)

    assert client.get("/admin/").headers["Location"] == DEMANDED


def test_a_session_is_refused_by_the_api_and_a_token_is_not(client: Client, mara: Person, demand: None) -> None:
    _token, secret = hooks.create(mara, scopes=["leads:read"], at=timezone.now())
    client.force_login(mara)

    refused = client.get("/api/v1/leads/")
    let_in = client.get("/api/v1/leads/", headers={"Authorization": f"Bearer {secret}"})

    assert (refused.status_code, refused.headers["Content-Type"]) == (
        HTTPStatus.FORBIDDEN,
        "application/problem+json",
    )
    assert refused.json()["type"] == "urn:smarketing:second-factor-demanded"
    assert let_in.status_code == HTTPStatus.OK


def test_to_know_who_owes_a_second_factor_costs_no_query(client: Client, mara: Person, demand: None) -> None:
    passkey_of(mara)
    client.force_login(mara)
    with CaptureQueriesContext(connection) as queries:
        client.get("/keys/", headers={"HX-Request": "true"})

    assert len(queries) == 2, "session and visitor"


def test_the_last_factor_stays_while_one_is_demanded(client: Client, mara: Person, demand: None) -> None:
    secret = app_of(mara)
    passkey = passkey_of(mara)
    sign_in_with_app(client, mara, secret)
    remove = reverse("mfa_remove_webauthn", args=[passkey.pk])

    assert client.post(reverse("mfa_deactivate_totp"), follow=True).redirect_chain[-1][0] == INDEX
    assert "this is your last" in client.get(remove).text
    assert client.post(remove).status_code == HTTPStatus.FORBIDDEN
    assert Authenticator.objects.get() == passkey
    app_of(mara)
    assert client.post(remove).headers["Location"] == INDEX

    assert "this is your last" in client.get(reverse("mfa_deactivate_totp")).text
    assert "this is your last" in client.post(reverse("mfa_deactivate_totp")).text
    assert Authenticator.objects.get().type == "totp"


def test_the_last_factor_goes_where_none_is_demanded_and_the_codes_go_with_it(client: Client, mara: Person) -> None:
    sign_in(client, mara)
    set_up_app(client)

    client.post(reverse("mfa_deactivate_totp"))

    assert not Authenticator.objects.exists()
    assert spoken()[-1][0] == "security.app_removed"


def test_the_first_second_factor_ends_sessions_that_began_without_one(mara: Person) -> None:
    here, elsewhere = Client(), Client()
    for client in (here, elsewhere):
        sign_in(client, mara)

    set_up_app(here)

    assert here.get("/leads/").status_code == HTTPStatus.OK
    assert elsewhere.get("/leads/").status_code == HTTPStatus.FOUND


def test_an_administrator_resets_the_factors_of_a_colleague_who_is_told(
    mara: Person, otto: Person, client: Client, mailoutbox: list[EmailMessage]
) -> None:
    sign_in(client, mara)
    set_up_app(client)

    Alert.objects.all().delete()
    actions.reset_factors(mara, by=otto, at=timezone.now())
    tasks.mail_alert(Alert.objects.get().pk)

    assert not Authenticator.objects.exists(), "recovery codes are gone, too"
    assert client.get("/leads/").status_code == HTTPStatus.FOUND, "and so are the sessions"
    assert spoken()[-1] == ("security.factors_reset", "reset the second factor")
    assert [mail.to for mail in mailoutbox] == [[mara.email]]
    assert "Otto Aalto reset the second factor" in str(mailoutbox[0].body)
    assert sign_in(client, mara) == "/"


def test_nobody_resets_their_own_factors_or_those_that_are_not_there(mara: Person, otto: Person) -> None:
    app_of(otto)

    with pytest.raises(ValidationError, match="Remove your own"):
        actions.reset_factors(otto, by=otto, at=NOW)
    with pytest.raises(ValidationError, match="no second factor"):
        actions.reset_factors(mara, by=otto, at=NOW)
    with pytest.raises(PermissionDenied):
        actions.reset_factors(otto, by=mara, at=NOW)
    assert Authenticator.objects.get().user == otto


def test_administrators_decide_which_roles_need_one_and_see_who_has_none(
    as_otto: Client, otto: Person, mara: Person
) -> None:
    passkey_of(otto)
    page = as_otto.post(reverse("security:rules"), {"roles": ["rep", "administrator"]}, follow=True)

    assert SECOND_FACTOR_ROLES.get() == ["rep", "administrator"]
    assert "Mara Lindholm" in page.text
    assert "all have one" in page.text
    assert spoken()[-1][0] == "option.changed"


@pytest.mark.parametrize("rows", [1, 20])
def test_the_rules_cost_the_same_queries_for_any_number_of_people(
    as_otto: Client, mara: Person, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    for number in range(rows):
        address = f"colleague{number}@fennmark.example"
        add_person(address, name=f"Colleague {number}", role=Role.REP, departments="S", by=None, at=NOW)
    as_otto.get(reverse("security:rules"))

    # Session, visitor, two of permissions, the option, people with their roles; roles, departments, name of the shell.
    with django_assert_num_queries(10):
        page = as_otto.get(reverse("security:rules"))

    assert page.text.count("<bdi>Colleague") == rows
    assert ("and 1 more" in page.text) == (rows == 20)


@pytest.mark.parametrize("method", ["get", "post"])
def test_others_decide_nothing_about_signing_in(client: Client, mara: Person, method: str) -> None:
    client.force_login(mara)

    assert getattr(client, method)(reverse("security:rules")).status_code == HTTPStatus.FORBIDDEN
    with pytest.raises(PermissionDenied):
        actions.demand_of([Role.REP], by=mara, at=NOW)


def test_a_role_that_does_not_exist_is_refused(otto: Person, as_otto: Client) -> None:
    page = as_otto.post(reverse("security:rules"), {"roles": ["king"]})

    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    with pytest.raises(ValidationError, match="no role “king”"):
        SECOND_FACTOR_ROLES.clean(["king"])


def test_a_secret_key_that_was_changed_locks_nobody_in_an_error(
    client: Client, mara: Person, settings: Settings
) -> None:
    secret = app_of(mara)
    former, settings.SECRET_KEY = settings.SECRET_KEY, "another one"
    sign_in(client, mara)

    unreadable = client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    settings.SECRET_KEY_FALLBACKS = [former]
    readable = client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})

    assert "Ask an administrator to reset it" in unreadable.text
    assert readable.headers["Location"] == "/"
