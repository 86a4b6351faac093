"""Access tokens by the API: Mara sees and ends her own, Otto everybody's; nobody makes one."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from workspace.api.tests.client import Caller, told
from workspace.hooks import actions
from workspace.hooks.models import Token
from workspace.people.models import Person
from workspace.tests.moments import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def bridge(mara: Person) -> Token:
    """A token of Mara's that lasts for a month from now."""
    return actions.create(mara, scopes=["leads:write"], at=timezone.now(), name="CRM bridge", days=30)[0]


def names(caller: Caller, query: str = "") -> list[str]:
    return [row["name"] for row in caller.get(f"tokens/?{query}")["results"]]


def test_a_token_is_told_without_its_secret(mara: Person, bridge: Token) -> None:
    caller = Caller(mara)

    shown = caller.get(f"tokens/{bridge.pk}/")

    assert (shown["name"], shown["scopes"], shown["revoked_at"]) == ("CRM bridge", ["leads:write"], None)
    assert shown["person"]["email"] == mara.email
    assert shown["hint"] == bridge.hint
    assert bridge.digest not in str(shown)


def test_people_see_their_own_and_administrators_all(mara: Person, otto: Person, bridge: Token) -> None:
    hers, his = Caller(mara), Caller(otto)

    assert names(hers) == ["command line", "CRM bridge"]
    assert len(names(his)) == 3
    assert names(his, "person=MARA@fennmark.example") == ["command line", "CRM bridge"]
    his_token = Token.objects.get(person=otto)
    hers.get(f"tokens/{his_token.pk}/", HTTPStatus.NOT_FOUND)
    hers.post(f"tokens/{his_token.pk}/revoke/", status=HTTPStatus.NOT_FOUND)


def test_what_has_ended_is_found_apart(mara: Person, bridge: Token) -> None:
    actions.create(mara, scopes=["*"], at=NOW - timedelta(days=3), name="expired", days=1)
    actions.revoke(actions.create(mara, scopes=["*"], at=NOW, name="revoked")[0], at=NOW)
    caller = Caller(mara)

    assert set(names(caller, "is_usable=yes")) == {"command line", "CRM bridge"}
    assert set(names(caller, "is_usable=no")) == {"expired", "revoked"}


def test_one_is_revoked_by_the_program_that_has_it_and_stays_so(mara: Person, bridge: Token) -> None:
    caller = Caller(mara, "tokens:write")

    revoked = caller.post(f"tokens/{bridge.pk}/revoke/")["revoked_at"]
    again = caller.post(f"tokens/{bridge.pk}/revoke/")["revoked_at"]
    own = caller.post(f"tokens/{Token.objects.latest('pk').pk}/revoke/")

    assert revoked == again is not None
    assert own["revoked_at"] is not None
    caller.get("tokens/", HTTPStatus.UNAUTHORIZED)


def test_an_administrator_revokes_anybodys(otto: Person, bridge: Token) -> None:
    Caller(otto).post(f"tokens/{bridge.pk}/revoke/")

    bridge.refresh_from_db()
    assert bridge.revoked_at is not None


def test_reading_alone_revokes_nothing_and_nobody_makes_one(mara: Person, bridge: Token) -> None:
    Caller(mara, "tokens:read").post(f"tokens/{bridge.pk}/revoke/", status=HTTPStatus.FORBIDDEN)
    Caller(mara).post("tokens/", {"name": "more", "scopes": ["*"]}, HTTPStatus.METHOD_NOT_ALLOWED)

    bridge.refresh_from_db()
    assert bridge.revoked_at is None


def test_its_use_is_no_change_that_refuses_a_revocation(mara: Person, bridge: Token) -> None:
    caller = Caller(mara)
    tag = caller.client.get(f"/api/v1/tokens/{bridge.pk}/")["ETag"]
    Token.objects.filter(pk=bridge.pk).update(last_used_at=timezone.now())

    def revoke() -> object:
        return caller.client.post(
            f"/api/v1/tokens/{bridge.pk}/revoke/", "{}", "application/json", headers={"If-Match": tag}
        )

    told(revoke(), HTTPStatus.OK)
    told(revoke(), HTTPStatus.PRECONDITION_FAILED)


@pytest.mark.parametrize("rows", [1, 20])
def test_the_list_costs_the_same_queries_at_any_length(
    mara: Person, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    caller = Caller(mara)
    for number in range(rows - 1):
        actions.create(mara, scopes=["*"], at=NOW, name=f"Program {number}")
    Token.objects.update(last_used_at=timezone.now())

    with django_assert_num_queries(5):  # the token, its calls, two of permissions, the tokens with their person
        assert len(names(caller)) == rows
