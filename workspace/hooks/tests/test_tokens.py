"""Access tokens: shown once, hashed at rest, useless once revoked, expired, or their person gone. Mara has one."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from workspace.hooks import actions
from workspace.hooks.models import Token
from workspace.journal.models import JournalEntry
from workspace.people.models import Person
from workspace.tests.moments import NOW

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def test_the_secret_opens_and_is_stored_nowhere(mara: Person) -> None:
    token, secret = actions.create(mara, scopes=["leads:read"], at=NOW, name="CRM")

    assert secret.startswith("smk_")
    assert actions.find(secret, at=NOW) == token
    stored = Token.objects.values().get()
    assert not any(secret in str(value) for value in stored.values())
    entry = JournalEntry.objects.get()
    assert (entry.verb, secret in str(entry.facts)) == ("token.created", False)


def test_a_wrong_secret_opens_nothing(mara: Person) -> None:
    _token, secret = actions.create(mara, scopes=["*"], at=NOW)

    assert actions.find(secret[:-1], at=NOW) is None
    assert actions.find("", at=NOW) is None


def test_an_expired_token_opens_nothing(mara: Person) -> None:
    _token, secret = actions.create(mara, scopes=["*"], at=NOW, days=1)

    assert actions.find(secret, at=NOW + DAY - timedelta(seconds=1)) is not None
    assert actions.find(secret, at=NOW + DAY) is None


def test_a_revoked_token_opens_nothing_and_keeps_its_time(mara: Person) -> None:
    token, secret = actions.create(mara, scopes=["*"], at=NOW)

    actions.revoke(token, at=NOW)
    actions.revoke(token, at=NOW + DAY)

    token.refresh_from_db()
    assert token.revoked_at == NOW
    assert actions.find(secret, at=NOW) is None
    assert JournalEntry.objects.filter(verb="token.revoked").count() == 1


def test_who_has_left_comes_in_no_more(mara: Person) -> None:
    _token, secret = actions.create(mara, scopes=["*"], at=NOW)
    Person.objects.filter(pk=mara.pk).update(is_active=False)

    assert actions.find(secret, at=NOW) is None


def test_the_last_use_is_kept_to_the_minute(mara: Person, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    token, secret = actions.create(mara, scopes=["*"], at=NOW)
    actions.find(secret, at=NOW)

    with django_assert_num_queries(1):  # the token with its person; nothing is written
        actions.find(secret, at=NOW + timedelta(seconds=59))
    actions.find(secret, at=NOW + timedelta(seconds=61))

    token.refresh_from_db()
    assert token.last_used_at == NOW + timedelta(seconds=61)


@pytest.mark.parametrize("scopes", [[], ["leads"], ["leads:delete"], ["Leads:read"], ["*", "leads:read\n"]])
def test_a_scope_is_a_resource_with_what_it_allows(mara: Person, scopes: list[str]) -> None:
    with pytest.raises(ValidationError) as refused:
        actions.create(mara, scopes=scopes, at=NOW)

    assert list(refused.value.message_dict) == ["scopes"]


@pytest.mark.parametrize("days", [-1, 0, actions.LONGEST_DAYS + 1, 10**12])
def test_a_term_outside_a_day_to_ten_years_is_refused_at_its_field(mara: Person, days: int) -> None:
    with pytest.raises(ValidationError) as refused:
        actions.create(mara, scopes=["*"], at=NOW, days=days)

    assert list(refused.value.message_dict) == ["days"]
    assert actions.create(mara, scopes=["*"], at=NOW, days=actions.LONGEST_DAYS)[0].expires_at is not None


def test_a_name_too_long_is_refused_at_its_field(mara: Person) -> None:
    with pytest.raises(ValidationError) as refused:
        actions.create(mara, scopes=["*"], at=NOW, name="n" * 101)

    assert list(refused.value.message_dict) == ["name"]


def test_people_make_and_revoke_their_own(mara: Person) -> None:
    token, secret = actions.create(mara, scopes=["*"], at=NOW, by=mara)

    actions.revoke(token, at=NOW, by=mara)

    assert actions.find(secret, at=NOW) is None
    assert {entry.actor for entry in JournalEntry.objects.all()} == {mara}


def test_nobody_makes_a_token_that_speaks_for_somebody_else(mara: Person, otto: Person) -> None:
    for by, person in [(otto, mara), (mara, otto)]:
        with pytest.raises(PermissionDenied):
            actions.create(person, scopes=["*"], at=NOW, by=by)

    assert not Token.objects.exists()


def test_a_role_without_the_right_makes_none(mara: Person) -> None:
    mara.groups.get().permissions.remove(Permission.objects.get(codename="add_token"))

    with pytest.raises(PermissionDenied):
        actions.create(mara, scopes=["*"], at=NOW, by=Person.objects.get(pk=mara.pk))


def test_administrators_revoke_anybodys_and_colleagues_only_their_own(mara: Person, otto: Person) -> None:
    hers, her_secret = actions.create(mara, scopes=["*"], at=NOW)
    his, his_secret = actions.create(otto, scopes=["*"], at=NOW)

    with pytest.raises(PermissionDenied):
        actions.revoke(his, at=NOW, by=mara)
    actions.revoke(hers, at=NOW, by=otto)

    assert actions.find(his_secret, at=NOW) == his
    assert actions.find(her_secret, at=NOW) is None


@pytest.mark.parametrize(
    ("scopes", "allowed"),
    [
        (["*"], {"leads:read", "leads:write", "stages:read"}),
        (["leads:read"], {"leads:read"}),
        (["leads:write"], {"leads:read", "leads:write"}),
        (["stages:read", "leads:read"], {"leads:read", "stages:read"}),
    ],
)
def test_writing_includes_reading_and_the_star_everything(scopes: list[str], allowed: set[str]) -> None:
    token = Token(scopes=scopes)

    assert {scope for scope in ("leads:read", "leads:write", "stages:read") if token.allows(scope)} == allowed


def test_the_command_prints_the_secret_alone_on_its_last_line(mara: Person, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("create_token", "Mara@fennmark.example", "--scope", "leads:read", "--days", "30")

    secret = capsys.readouterr().out.splitlines()[-1]
    token = actions.find(secret, at=timezone.now())
    assert token is not None
    assert (token.person, token.scopes) == (mara, ["leads:read"])


def test_the_command_says_what_is_wrong(mara: Person) -> None:
    with pytest.raises(CommandError, match="Nobody with the address"):
        call_command("create_token", "nobody@fennmark.example", "--scope", "*")
    with pytest.raises(CommandError, match="A scope is"):
        call_command("create_token", mara.email, "--scope", "everything")


def test_the_administration_makes_ones_own_shows_the_secret_once_and_revokes(
    as_otto: Client, otto: Person, mara: Person
) -> None:
    made = as_otto.post(
        reverse("admin:workspace_hooks_token_add"),
        {"person": mara.pk, "name": "CRM", "scopes": "leads:read, stages:read", "days": "30"},
    )
    secret = made.context["secret"]
    token = Token.objects.get()
    assert secret in made.text
    assert "no-store" in made.headers["Cache-Control"]
    assert actions.find(secret, at=timezone.now()) == token
    assert (token.person, token.scopes) == (otto, ["leads:read", "stages:read"])
    assert JournalEntry.objects.get().actor == otto
    listed = reverse("admin:workspace_hooks_token_changelist")
    assert secret not in as_otto.get(listed).text
    assert secret not in as_otto.get(reverse("admin:workspace_hooks_token_change", args=[token.pk])).text

    hers, her_secret = actions.create(mara, scopes=["*"], at=NOW)
    as_otto.post(listed, {"action": "revoke", "_selected_action": [token.pk, hers.pk]})

    assert actions.find(secret, at=timezone.now()) is None
    assert actions.find(her_secret, at=timezone.now()) is None


@pytest.mark.parametrize(
    ("given", "field"), [({"scopes": "all", "days": ""}, "scopes"), ({"scopes": "*", "days": "9999"}, "days")]
)
def test_what_is_refused_stands_at_its_field(as_otto: Client, given: dict[str, str], field: str) -> None:
    page = as_otto.post(reverse("admin:workspace_hooks_token_add"), {"name": "CRM", **given})

    assert page.status_code == HTTPStatus.OK
    assert list(page.context["adminform"].form.errors) == [field]
    assert not Token.objects.exists()
