"""Letting somebody go who still owes something: Otto administers, Mara and Felix sell, Priya does marketing."""

import threading
from http import HTTPStatus

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from workspace.commitments import actions as commitments
from workspace.commitments.models import Commitment
from workspace.commitments.tests.owing import TEN, draft, promise
from workspace.people.models import Person
from workspace.people.roles import Role
from workspace.staff import actions
from workspace.tests.people import person


@pytest.fixture
def felix(db: None) -> Person:
    return person("Felix Brandt", Role.REP, "S")


def test_what_is_owed_has_to_be_handed_over_first(otto: Person, mara: Person, felix: Person) -> None:
    made = promise(mara, side="S")

    with pytest.raises(ValidationError, match="1 open commitment has to be handed over first"):
        actions.deactivate(mara, by=otto, at=TEN)
    mara.refresh_from_db()
    assert mara.is_active

    actions.deactivate(mara, by=otto, at=TEN, hand_to=felix)

    made.refresh_from_db()
    mara.refresh_from_db()
    assert (made.debtor, mara.is_active) == (felix, False)


def test_one_dialog_hands_over_and_lets_go(as_otto: Client, mara: Person, felix: Person) -> None:
    promise(mara, "The list of target accounts", side="S")
    url = reverse("people:let_go", args=[mara.pk])
    page = as_otto.get(url).text
    assert "1 promise is still open" in page
    assert "The list of target accounts" in page

    refused = as_otto.post(url, {"hand_to": ""})
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "has to be handed over first" in refused.text
    page = as_otto.post(url, {"hand_to": felix.pk}, follow=True).text

    assert "Mara Lindholm cannot sign in any more." in page
    assert Commitment.objects.get().debtor == felix
    assert as_otto.get(url).status_code == HTTPStatus.NOT_FOUND


def test_who_owes_nothing_is_let_go_without_a_question(as_otto: Client, mara: Person) -> None:
    url = reverse("people:let_go", args=[mara.pk])
    assert "Who takes it over?" not in as_otto.get(url).text

    as_otto.post(url)

    mara.refresh_from_db()
    assert not mara.is_active


def test_the_administration_leads_to_that_dialog(as_otto: Client, mara: Person) -> None:
    promise(mara, side="S")

    answer = as_otto.post(
        reverse("admin:workspace_people_person_changelist"), {"action": "let_go", "_selected_action": [mara.pk]}
    )

    assert answer.headers["Location"] == reverse("people:let_go", args=[mara.pk])


def test_only_administrators_let_colleagues_go(client: Client, mara: Person, felix: Person) -> None:
    client.force_login(mara)
    url = reverse("people:let_go", args=[felix.pk])

    assert client.get(url).status_code == client.post(url).status_code == HTTPStatus.FORBIDDEN
    assert url not in client.get(reverse("people:directory")).text


@pytest.mark.django_db(transaction=True)
def test_nobody_owes_anything_who_is_let_go_at_that_very_moment() -> None:
    otto, mara = person("Otto Aalto", Role.ADMINISTRATOR, ""), person("Mara Lindholm", Role.REP, "S")
    given = draft(mara, side="S")
    promised, refused = threading.Event(), list[Exception]()

    def let_go() -> None:
        promised.wait(10)
        try:
            actions.deactivate(mara, by=otto, at=TEN)
        except ValidationError as error:
            refused.append(error)
        finally:
            connection.close()

    other = threading.Thread(target=let_go)
    other.start()
    with transaction.atomic():
        commitments.make(given, by=mara, at=TEN)
        promised.set()
        other.join(0.5)
        assert other.is_alive(), "it waits for the promise that is being made"
    other.join()
    assert len(refused) == 1

    actions.deactivate(mara, by=otto, at=TEN, hand_to=person("Felix Brandt", Role.REP, "S"))
    with pytest.raises(ValidationError, match="works here no more"):
        commitments.make(given, by=otto, at=TEN)
