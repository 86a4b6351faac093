"""Mara makes, sees and revokes her own tokens; nobody sees another's."""

import re
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from workspace.api.viewsets import Resource, resources_for
from workspace.hooks import actions
from workspace.hooks.models import Token
from workspace.integrations.forms import TokenForm
from workspace.people.actions import add_person
from workspace.people.models import Person
from workspace.people.roles import Role
from workspace.tests.moments import NOW

pytestmark = pytest.mark.django_db

PAGE = "/settings/tokens/"


@pytest.fixture
def as_mara(client: Client, mara: Person) -> Client:
    client.force_login(mara)
    return client


def make(client: Client, **data: Any) -> Any:
    return client.post(PAGE, {"name": "CRM bridge", "scopes": ["users:read"], "days": "90", **data})


def test_the_secret_is_shown_on_the_answer_and_never_again(as_mara: Client, mara: Person) -> None:
    made = make(as_mara)

    (secret,) = re.findall(r">(smk_[\w-]{43})<", made.text)
    token = actions.find(secret, at=timezone.now())
    assert token is not None
    assert (token.person, token.name, token.scopes) == (mara, "CRM bridge", ["users:read"])
    assert token.expires_at == token.created_at + timedelta(days=90)
    assert "no-store" in made["Cache-Control"]
    later = as_mara.get(PAGE)
    assert secret not in later.text
    assert "CRM bridge" in later.text


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["users:delete"]}, "scopes"),
        ({"scopes": ["*", "users:read"]}, "scopes"),
        ({"days": "91"}, "days"),
        ({"days": "x"}, "days"),
    ],
)
def test_what_does_not_fit_stands_at_its_field_and_what_was_ticked_stays(
    as_mara: Client, data: dict[str, Any], field: str
) -> None:
    page = make(as_mara, **data)

    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert list(page.context["form"].errors) == [field]
    assert field == "scopes" or 'value="users:read" checked' in page.text
    assert not Token.objects.exists()


@pytest.mark.parametrize(("days", "term"), [("30", timedelta(days=30)), ("0", None)])
def test_a_token_lasts_as_long_as_was_said(as_mara: Client, days: str, term: timedelta | None) -> None:
    make(as_mara, days=days)

    token = Token.objects.get()
    assert token.expires_at == (term and token.created_at + term)


def test_everything_is_one_tick(as_mara: Client) -> None:
    assert make(as_mara, scopes=["*"]).status_code == HTTPStatus.OK
    assert Token.objects.get().scopes == ["*"]
    assert "everything that you may do" in as_mara.get(PAGE).text


def test_writing_is_offered_to_those_who_write(mara: Person) -> None:
    rita = add_person("rita@fennmark.example", name="Rita", role=Role.READ_ONLY, departments="S", by=None, at=NOW)

    offered = {person: {one.name: one.may_write for one in resources_for(person)} for person in (mara, rita)}

    assert {"leads", "companies", "stages", "users"} <= offered[mara].keys() == offered[rita].keys()
    assert (offered[mara]["leads"], offered[rita]["leads"]) == (True, False)
    assert not offered[mara]["stages"], "definitions are read only"
    form = TokenForm(resources_for(rita), {"name": "x", "scopes": "leads:write", "days": "30"})
    assert "scopes" in form.errors
    assert Resource("leads", may_write=True).scopes == ["leads:read", "leads:write"]


def test_one_sees_ones_own_tokens_with_their_end_and_last_use(as_mara: Client, mara: Person, otto: Person) -> None:
    now = timezone.now()
    actions.create(otto, scopes=["*"], at=now, name="Otto’s own")
    used, secret = actions.create(mara, scopes=["users:read"], at=now, name="In use", days=30)
    actions.find(secret, at=now)
    revoked, _secret = actions.create(mara, scopes=["users:read"], at=now, name="Gone")
    actions.revoke(revoked, at=now)
    actions.create(mara, scopes=["users:read"], at=now - timedelta(days=40), name="Over", days=30)

    page = as_mara.get(PAGE)

    assert [token.name for token in page.context["tokens"]] == ["In use"]
    assert {token.name for token in page.context["ended"]} == {"Gone", "Over"}
    assert "Otto’s own" not in page.text
    assert f"{used.hint}…" in page.text
    for words in ("Until", "Revoked", "Expired", "just now", "never used"):
        assert words in page.text


def test_revoking_asks_once(as_mara: Client, mara: Person) -> None:
    token, secret = actions.create(mara, scopes=["*"], at=timezone.now(), name="CRM")
    url = reverse("integrations:revoke", args=[token.pk])

    asked = as_mara.get(url)
    assert "Revoke “CRM”?" in asked.text
    assert actions.find(secret, at=timezone.now()) == token
    done = as_mara.post(url, follow=True)

    assert "“CRM” is revoked." in done.text
    assert actions.find(secret, at=timezone.now()) is None
    revoked_at = Token.objects.get().revoked_at
    assert "“CRM” is revoked." in as_mara.post(url, follow=True).text, "pressed twice"
    assert Token.objects.get().revoked_at == revoked_at


def test_somebody_elses_token_is_unknown(as_mara: Client, otto: Person) -> None:
    token, secret = actions.create(otto, scopes=["*"], at=timezone.now())

    assert as_mara.post(reverse("integrations:revoke", args=[token.pk])).status_code == HTTPStatus.NOT_FOUND
    assert actions.find(secret, at=timezone.now()) == token


def test_a_role_without_tokens_finds_no_way_to_the_page(as_mara: Client) -> None:
    assert PAGE in as_mara.get(reverse("people:settings")).text
    permissions = Group.objects.get(name=Role.REP).permissions
    permissions.remove(Permission.objects.get(codename="add_token"))

    assert PAGE not in as_mara.get(reverse("people:settings")).text
    assert as_mara.get(PAGE).status_code == HTTPStatus.FORBIDDEN
    assert make(as_mara).status_code == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("rows", [1, 20])
def test_the_page_costs_the_same_queries_at_any_length(
    as_mara: Client, mara: Person, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    for number in range(rows):
        actions.create(mara, scopes=["users:read"], at=timezone.now(), name=f"Token {number}")
    as_mara.get(PAGE)

    # Session, visitor, permissions (two), usable tokens, ended ones, and the shell: roles, departments, its name.
    with django_assert_num_queries(9):
        page = as_mara.get(PAGE)

    assert len(page.context["tokens"]) == rows
