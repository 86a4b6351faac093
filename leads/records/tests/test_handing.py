"""Letting somebody go who looks after leads: Otto administers, Mara and Felix sell, Priya markets."""

import threading
from datetime import timedelta
from http import HTTPStatus

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from leads.records import actions
from leads.records.actions import handing
from leads.records.models import Company, Lead
from leads.records.tests.factories import NOON, closed_lead, lead, person
from workspace.commitments.models import Commitment
from workspace.journal.models import JournalEntry
from workspace.people.models import Person
from workspace.people.roles import Role
from workspace.staff import actions as staff

DAY = timedelta(days=1)


@pytest.fixture
def mara(db: None) -> Person:
    return person("Mara Lindholm")


@pytest.fixture
def felix(db: None) -> Person:
    return person("Felix Brandt")


@pytest.fixture
def otto(db: None) -> Person:
    return person("Otto Aalto", Role.ADMINISTRATOR)


def hands(one: Lead) -> tuple[str, ...]:
    one.refresh_from_db()
    return tuple(str(who).partition(" ")[0] for who in (one.owner, one.marketer, one.to_sort_by))


def test_one_dialog_hands_over_all_that_somebody_looks_after(
    client: Client, otto: Person, mara: Person, felix: Person
) -> None:
    priya = person("Priya Raman", Role.MARKETER)
    stepped = lead("a@kestrel.example", owner=mara, marketer=priya, next_step="Call", next_step_at=NOON + DAY)
    still = lead("b@kestrel.example", owner=priya, marketer=mara)
    sorting = lead("c@kestrel.example")
    Lead.objects.filter(pk=sorting.pk).update(to_sort_by=mara, to_sort_until=NOON.date())
    won, theirs = closed_lead(email="d@kestrel.example", owner=mara), lead("e@kestrel.example", owner=priya)
    company = actions.create_company({"name": "Kestrel", "account_owner": mara}, by=otto, at=NOON)
    client.force_login(otto)
    url = reverse("people:let_go", args=[mara.pk])

    asked = client.get(url).text
    refused = client.post(url, {"hand_to": ""})
    page = client.post(url, {"hand_to": felix.pk}, follow=True).text

    assert "They look after 3 open leads, 1 company." in asked
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Somebody has to take over 3 open leads, 1 company." in refused.text
    assert "cannot sign in any more" in page
    assert [hands(one) for one in (stepped, still, sorting)] == [
        ("Felix", "Priya", "None"), ("Priya", "Felix", "None"), ("None", "None", "Felix"),
    ]  # fmt: skip
    assert hands(theirs) == ("Priya", "None", "None")
    assert hands(won) == ("Mara", "None", "None"), "what is over stays with who did it"
    assert Commitment.objects.open().get().debtor == felix
    company.refresh_from_db()
    assert company.account_owner == felix
    told = JournalEntry.objects.get(verb="lead.assigned", subject_id=still.pk)
    assert told.actor == otto
    change = {"field": "marketer", "label": "Marketer", "old": "Mara Lindholm", "new": "Felix Brandt"}
    assert told.personal["changes"] == [{**change, "old_id": mara.pk, "new_id": felix.pk}]
    assert JournalEntry.objects.get(verb="company.edited").facts["changes"][0]["new"] == "Felix Brandt"
    assert "Felix Brandt" in client.get(still.get_absolute_url()).text
    assert "Felix Brandt" in client.get(company.get_absolute_url()).text


def test_the_administration_leads_to_that_dialog_for_a_lead_alone(client: Client, otto: Person, mara: Person) -> None:
    lead("a@kestrel.example", owner=mara)
    client.force_login(otto)

    answer = client.post(
        reverse("admin:workspace_people_person_changelist"), {"action": "let_go", "_selected_action": [mara.pk]}
    )

    assert answer.headers["Location"] == reverse("people:let_go", args=[mara.pk])


def test_the_last_one_of_a_department_is_let_go_too(client: Client, otto: Person) -> None:
    priya = person("Priya Raman", Role.MARKETER)
    made = lead("a@kestrel.example", marketer=priya)
    client.force_login(otto)

    client.post(reverse("people:let_go", args=[priya.pk]), {"hand_to": otto.pk})

    assert hands(made) == ("None", "Otto", "None")


@pytest.mark.parametrize("rows", [1, 40])
def test_any_number_of_leads_and_companies_goes_in_the_same_statements(
    mara: Person, felix: Person, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(rows):
        lead(f"lead{number}@kestrel.example", owner=mara, next_step="Call", next_step_at=NOON + DAY)
    Company.objects.bulk_create(Company(name=f"C{number}", account_owner=mara) for number in range(rows))

    # A savepoint and its release, the rows, the update, the steps, the journal, and for each kind of notice one more or
    # two, and one for webhooks.
    with django_assert_num_queries(10):
        assert handing.hand_over_leads(mara, felix, by=None, at=NOON) == rows
    with django_assert_num_queries(7):
        assert handing.hand_over_accounts(mara, felix, by=None, at=NOON) == rows


@pytest.mark.django_db(transaction=True)
def test_nobody_is_given_a_lead_who_is_let_go_at_that_very_moment() -> None:
    otto, mara, felix = person("Otto Aalto", Role.ADMINISTRATOR), person("Mara Lindholm"), person("Felix Brandt")
    made = lead("a@kestrel.example")
    given, refused = threading.Event(), list[Exception]()

    def let_go() -> None:
        given.wait(10)
        try:
            staff.deactivate(mara, by=otto, at=NOON)
        except ValidationError as error:
            refused.append(error)
        finally:
            connection.close()

    other = threading.Thread(target=let_go)
    other.start()
    with transaction.atomic():
        actions.change(made, {"owner": mara.email}, by=otto, at=NOON)
        given.set()
        other.join(0.5)
        assert other.is_alive(), "it waits for the lead that is being given"
    other.join()
    assert len(refused) == 1

    staff.deactivate(mara, by=otto, at=NOON, hand_to=felix)
    assert hands(made) == ("Felix", "None", "None")
