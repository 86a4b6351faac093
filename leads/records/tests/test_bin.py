"""The bin: Sami takes leads out and back, Rita only reads, and after 90 days they go for good."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http import HTTPStatus
from threading import Barrier
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from leads.records import actions
from leads.records.actions import binning
from leads.records.models import Deal, Lead, StagePassage
from leads.records.tasks import empty_bin
from leads.records.tests.factories import NOON, lead, person, stage
from workspace.api.tests.client import Caller
from workspace.commitments.models import Commitment
from workspace.journal.models import JournalEntry
from workspace.notices.models import Follow, Notice
from workspace.people.models import Person
from workspace.people.roles import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tuesday_noon")]
DAY = timedelta(days=1)


@pytest.fixture
def anke() -> Lead:
    return lead("anke@ostertal.example", first_name="Anke", last_name="Vollmer", external_id="A-1")


def verbs(one: Lead) -> list[str]:
    return [entry.verb for entry in JournalEntry.objects.filter(thread_kind="lead", thread_id=one.pk).order_by("pk")]


def test_what_is_in_the_bin_is_in_no_list_and_comes_back_as_it_was(client: Client, sami: Person, anke: Lead) -> None:
    actions.move(anke, stage("sal"), by=sami, at=NOON)
    before: dict[str, Any] = dict(Lead.objects.values().get(pk=anke.pk))

    binned = client.post(reverse("records:remove", args=[anke.pk]), follow=True)

    assert "Anke Vollmer lies in the bin." in binned.text
    assert reverse("records:restore", args=[anke.pk]) in binned.text, "undo is offered"
    assert client.get(anke.get_absolute_url()).status_code == HTTPStatus.NOT_FOUND
    assert 'id="lead-' not in client.get(reverse("records:leads"), {"tab": "all"}).text
    page = client.get(reverse("records:bin")).text
    assert "Anke Vollmer" in page
    assert "Sami" in page, "who took it out"

    back = client.post(reverse("records:restore", args=[anke.pk]), follow=True)

    assert back.redirect_chain == [(anke.get_absolute_url(), HTTPStatus.FOUND)]
    after: dict[str, Any] = dict(Lead.objects.values().get(pk=anke.pk))
    assert {key for key in before if before[key] != after[key]} == {"version"}
    assert verbs(anke)[-2:] == ["lead.binned", "lead.restored"]


def test_the_next_step_stops_with_its_lead_and_runs_again(sami: Person, anke: Lead) -> None:
    actions.set_next_step(anke, "Call", due_at=NOON + DAY, by=sami, at=NOON)

    binning.put_into_bin(anke, by=sami, at=NOON)

    assert not Commitment.objects.open().exists()
    binning.restore(anke, by=sami, at=NOON)
    assert [(one.text, one.due_at) for one in Commitment.objects.open()] == [("Call", NOON + DAY)]


def test_of_two_who_take_the_same_lead_out_the_second_finds_it_gone(client: Client, sami: Person, anke: Lead) -> None:
    binning.put_into_bin(anke, by=sami, at=NOON)

    with pytest.raises(Lead.DoesNotExist):
        binning.put_into_bin(anke, by=sami, at=NOON)

    assert client.post(reverse("records:remove", args=[anke.pk])).status_code == HTTPStatus.NOT_FOUND
    assert verbs(anke).count("lead.binned") == 1
    binning.restore(anke, by=sami, at=NOON)
    with pytest.raises(Lead.DoesNotExist):
        binning.restore(anke, by=sami, at=NOON)


def test_a_lead_stays_in_the_bin_while_another_has_its_address(client: Client, sami: Person, anke: Lead) -> None:
    binning.put_into_bin(anke, by=sami, at=NOON)
    lead("anke@ostertal.example", first_name="Other", last_name="Anke")

    with pytest.raises(ValidationError) as refused:
        binning.restore(anke, by=sami, at=NOON)

    assert set(refused.value.message_dict) == {"email"}
    page = client.post(reverse("records:restore", args=[anke.pk]), follow=True)
    assert "Anke Vollmer stays in the bin. Other Anke has this e-mail address already." in page.text
    assert Lead.objects.in_bin().get() == anke


def test_who_only_reads_takes_nothing_out_and_nothing_back(client: Client, anke: Lead, sami: Person) -> None:
    rita = person("Rita Reader", Role.READ_ONLY)
    client.force_login(rita)

    assert reverse("records:remove", args=[anke.pk]) not in client.get(anke.get_absolute_url()).text
    assert client.post(reverse("records:remove", args=[anke.pk])).status_code == HTTPStatus.FORBIDDEN
    with pytest.raises(PermissionDenied):
        binning.put_into_bin(anke, by=rita, at=NOON)
    binning.put_into_bin(anke, by=sami, at=NOON)
    assert reverse("records:restore", args=[anke.pk]) not in client.get(reverse("records:bin")).text
    assert client.post(reverse("records:restore", args=[anke.pk])).status_code == HTTPStatus.FORBIDDEN
    with pytest.raises(PermissionDenied):
        binning.restore(anke, by=rita, at=NOON)


def test_after_ninety_days_a_lead_goes_for_good_with_what_hangs_on_it(sami: Person, anke: Lead) -> None:
    actions.set_next_step(anke, "Call", due_at=NOON + DAY, by=person("Tove Rep"), at=NOON)
    Follow.objects.create(person=sami, subject_kind="lead", subject_id=anke.pk, at=NOON)
    merged = lead("old@ostertal.example")
    Lead.objects.filter(pk=merged.pk).update(merged_into=anke, deleted_at=NOON - 200 * DAY)
    other = lead("other@ostertal.example")
    binning.put_into_bin(anke, by=sami, at=NOON)
    binning.put_into_bin(other, by=sami, at=NOON + DAY)

    early = binning.empty_bin(at=NOON + binning.KEPT)
    assert (early, Lead.objects.count()) == (0, 3)

    gone = binning.empty_bin(at=NOON + binning.KEPT + timedelta(seconds=1))

    assert (gone, Lead.objects.get()) == (2, other)
    assert {deal.lead_id for deal in Deal.objects.all()} == {other.pk}
    assert {passage.deal.lead_id for passage in StagePassage.objects.all()} == {other.pk}
    for model in (Commitment, Follow, Notice):
        assert not model._default_manager.filter(subject_kind="lead", subject_id=anke.pk).exists()
    assert "lead.binned" in verbs(anke), "the journal stays"
    empty_bin()
    assert Lead.objects.get() == other, "a second run, by the clock of now, takes nothing more"


def test_what_was_merged_lies_in_no_bin_and_is_never_emptied_by_itself(anke: Lead) -> None:
    merged = lead("old@ostertal.example")
    Lead.objects.filter(pk=merged.pk).update(merged_into=anke, deleted_at=NOON - 200 * DAY)

    assert not Lead.objects.in_bin().exists()
    assert binning.empty_bin(at=NOON) == 0
    assert Lead.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_that_empty_the_bin_at_once_delete_each_lead_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binning, "BATCH", 2)
    leads = [lead() for _number in range(6)]
    binning.put_many_into_bin([one.pk for one in leads], by=None, at=NOON)
    start = Barrier(2)

    def empty() -> int:
        try:
            start.wait()
            return binning.empty_bin(at=NOON + 91 * DAY)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        gone = [job.result() for job in [pool.submit(empty) for _worker in range(2)]]

    assert sum(gone) == 6
    assert not Lead.objects.exists()


@pytest.mark.parametrize("rows", [1, 20])
def test_the_page_of_the_bin_costs_the_same_at_any_length(
    client: Client, sami: Person, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    binning.put_many_into_bin([lead().pk for _number in range(rows)], by=sami, at=NOON)
    client.get(reverse("records:bin"))

    # session, person, permissions (2), departments, the page, its entries, the navigation (2)
    with django_assert_num_queries(PAGE_QUERIES):
        page = client.get(reverse("records:bin"))

    assert page.text.count(">Restore<") == rows


PAGE_QUERIES = 9


def test_the_bin_by_the_api(sami: Person, anke: Lead) -> None:
    caller = Caller(sami)

    answer: Any = caller.client.delete(f"/api/v1/leads/{anke.pk}/")

    assert (answer.status_code, answer.content) == (HTTPStatus.NO_CONTENT, b"")
    caller.get(f"leads/{anke.pk}/", HTTPStatus.NOT_FOUND)
    listed = caller.get("leads/bin/")["results"]
    assert [(row["id"], row["removed_at"], row["kept_until"]) for row in listed] == [
        (anke.pk, "2026-11-17T12:00:00Z", "2027-02-15T12:00:00Z")
    ]
    assert caller.post(f"leads/{anke.pk}/restore/")["id"] == anke.pk
    caller.post(f"leads/{anke.pk}/restore/", {}, HTTPStatus.NOT_FOUND)
    reader = Caller(person("Rita Reader", Role.READ_ONLY))
    assert reader.client.delete(f"/api/v1/leads/{anke.pk}/").status_code == HTTPStatus.FORBIDDEN
