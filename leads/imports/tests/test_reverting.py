"""Taking an import back: what it made goes, what it changed is restored, and what somebody worked on since stays.

Mara brought the file; Sami works on its leads afterwards.
"""

from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from leads.funnel.models import Reason
from leads.imports import actions
from leads.imports.actions import reverting
from leads.imports.actions.reverting import NotRevertible, preview
from leads.imports.models import Import
from leads.imports.tests.bringing import bring, counts, kept, stored, take_back, taken_back
from leads.records import actions as records
from leads.records.actions import steps
from leads.records.models import Company, Lead
from leads.records.tests.factories import NOON, LeadFactory, person
from workspace.commitments.models import Commitment
from workspace.jobs import actions as jobs
from workspace.jobs.models import Job
from workspace.journal import actions as journal
from workspace.journal.models import JournalEntry
from workspace.people.models import Person
from workspace.people.roles import Role

pytestmark = pytest.mark.django_db
# What is written together with the import is no work on its leads: where somebody works on them, that commits by itself.
in_turn = pytest.mark.django_db(transaction=True)

FAIR = "email,first_name,city\nada@x.example,Ada,London\nbo@x.example,Bo,Åre\ncy@x.example,Cy,Ulm\n"


@pytest.fixture
def mara() -> Person:
    return person("Mara Lindholm", Role.MARKETER)


@pytest.fixture
def sami() -> Person:
    return person("Sami Rep")


def test_leads_that_it_made_are_gone_and_can_be_made_again(mara: Person) -> None:
    import_ = bring(FAIR, by=mara)

    done = take_back(import_, by=mara)

    assert (taken_back(done), Lead.objects.living().count()) == ((3, 0, 0), 0)
    assert done.reverted_at is not None
    removed = JournalEntry.objects.filter(verb="lead.removed")
    assert {entry.actor for entry in removed} == {mara}
    assert removed[0].line == "took this lead out: The import of leads.csv was taken back."
    assert JournalEntry.objects.get(verb="import.reverted").facts == {
        "file": "leads.csv", "removed": 3, "restored": 0, "kept": 0, "hands": {},
    }  # fmt: skip
    assert counts(bring(FAIR)) == (3, 0, 0, 0)


@in_turn
def test_a_lead_that_somebody_worked_on_since_stays_and_is_listed(mara: Person, sami: Person) -> None:
    import_ = bring(FAIR, by=mara)
    records.log_talk(stored("bo@x.example"), records.Talk.CALL, text="hello", by=sami, at=timezone.now())

    done = take_back(import_, by=mara)

    assert taken_back(done) == (2, 0, 1)
    assert [lead.email for lead in Lead.objects.living()] == ["bo@x.example"]
    day = f"{timezone.now().day} {timezone.now():%B %Y}"
    assert kept() == [("bo@x.example", "The lead", f"Sami Rep worked on it since, on {day}: Call logged.")]


def test_a_lead_that_the_same_file_made_and_changed_is_gone(mara: Person) -> None:
    import_ = bring("email,city\nada@x.example,London\nada@x.example,Paris\n", by=mara)
    assert counts(import_) == (1, 1, 0, 0)

    assert taken_back(take_back(import_)) == (1, 0, 0)


@in_turn
def test_a_later_import_counts_as_work_on_the_lead(mara: Person) -> None:
    first = bring(FAIR, by=mara)
    bring("email,city\nbo@x.example,Umeå\n", by=mara)

    done = take_back(first)

    assert taken_back(done) == (2, 0, 1)
    assert kept()[0][2].endswith("Lead edited.")


@in_turn
def test_an_import_that_was_taken_back_before_counts_for_nothing(mara: Person) -> None:
    first = bring(FAIR, by=mara)
    second = bring("email,city,stage\nbo@x.example,Umeå,mql\n", by=mara)
    assert taken_back(take_back(second, by=mara)) == (0, 1, 0)

    assert preview(first).removed == 3
    assert taken_back(take_back(first, by=mara)) == (3, 0, 0)


def full(**values: Any) -> Lead:
    """A lead with something in every kind of field."""
    given = {
        "email": "ada@x.example", "first_name": "Ada", "city": "London", "source": "Web", "company": "Kestrel",
        "value": "1200.50", "currency": "EUR", "next_step": "Call back", "next_step_at": NOON + timedelta(days=9),
        "consent": {"mail": True}, "tags": ["old"], "asleep_until": None,
    }  # fmt: skip
    return LeadFactory.create(**given | values)


def test_closed_leads_that_it_made_are_gone_with_their_dates(mara: Person) -> None:
    Reason.objects.get_or_create(kind="lost", name="Too expensive")
    import_ = bring(
        "email,stage,created_at,closed_at,lost_reason\na@x.example,lost,2025-01-02,2025-03-04,Too expensive\n", by=mara
    )

    assert taken_back(take_back(import_)) == (1, 0, 0)


def test_nobody_owes_the_next_step_of_a_lead_that_is_gone(mara: Person, sami: Person) -> None:
    import_ = bring(
        "email,next step,follow up,owner\nada@x.example,Call,2026-12-24,sami.rep@fennmark.example\n",
        {"email": "email", "next step": "next_step", "follow up": "next_step_at", "owner": "owner"}, by=mara,
    )  # fmt: skip
    steps.follow([stored("ada@x.example").pk], by=mara, at=timezone.now())
    assert Commitment.objects.open().get().debtor == sami

    take_back(import_)

    assert not Commitment.objects.open().exists()


def test_companies_that_came_with_it_stay(mara: Person) -> None:
    import_ = bring("email,company\na@x.example,Kestrel\n", by=mara)

    take_back(import_)

    assert Company.objects.get().name == "Kestrel"


@in_turn
def test_the_preview_counts_what_then_happens(mara: Person, sami: Person) -> None:
    full(city="Rome")
    LeadFactory.create(email="bo@x.example", city="Oslo")
    import_ = bring(FAIR + "dee@x.example,Dee,Bonn\n", by=mara)
    assert counts(import_) == (2, 2, 0, 0)
    records.change(stored("bo@x.example"), {"city": "Rome"}, by=sami, at=timezone.now())
    records.log_talk(stored("dee@x.example"), records.Talk.CALL, text="hello", by=sami, at=timezone.now())

    seen = preview(import_)

    assert (seen.removed, seen.kept, seen.restored, seen.partly) == (1, 1, 1, 1)
    assert taken_back(take_back(import_)) == (1, 2, 2)


@in_turn
def test_what_the_workspace_itself_noted_is_no_work_on_a_lead(mara: Person) -> None:
    import_ = bring(FAIR, by=mara)
    lead = stored("ada@x.example")

    journal.record("lead.noted", subject=lead, by=None, at=timezone.now(), text="by itself")

    assert preview(import_).removed == 3
    assert taken_back(take_back(import_)) == (3, 0, 0)


def test_an_import_is_taken_back_once(mara: Person) -> None:
    import_ = bring(FAIR, by=mara)
    take_back(import_)

    with pytest.raises(NotRevertible):
        actions.start_revert(import_, by=mara, at=timezone.now())


def test_only_its_bringer_and_who_administers_imports_may(mara: Person, sami: Person) -> None:
    import_ = bring(FAIR, by=mara)

    with pytest.raises(PermissionDenied):
        actions.start_revert(import_, by=sami, at=timezone.now())

    assert taken_back(take_back(import_, by=person("Rosa Boss", Role.REVENUE_LEAD))) == (3, 0, 0)


def test_an_import_that_was_stopped_can_be_taken_back_too(mara: Person) -> None:
    import_ = bring(FAIR, by=mara)
    Job.objects.update(state=Job.State.CANCELLED)
    Import.objects.update(state=Import.State.RUNNING, done_at=None)

    assert taken_back(take_back(Import.objects.get(pk=import_.pk))) == (3, 0, 0)


@in_turn
def test_a_killed_revert_goes_on_after_its_last_whole_step(mara: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    import_ = bring(FAIR, by=mara)
    monkeypatch.setattr(reverting, "BATCH", 1)
    original, calls = reverting._take_back, iter(range(100))

    def take_back_and_die(*args: Any, **options: Any) -> None:
        original(*args, **options)
        if next(calls) == 1:
            raise OperationalError("the server went away")

    job = actions.start_revert(import_, by=mara, at=timezone.now()).revert_job
    assert job is not None
    with monkeypatch.context() as broken:
        broken.setattr(reverting, "_take_back", take_back_and_die)
        with pytest.raises(OperationalError):
            jobs.run(job.pk)
    half = Import.objects.get()
    assert (half.removed_count, Lead.objects.living().count()) == (1, 2)
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))

    jobs.run(job.pk)

    assert (taken_back(Import.objects.get()), Lead.objects.living().count()) == ((3, 0, 0), 0)
    assert JournalEntry.objects.filter(verb="lead.removed").count() == 3


def test_a_stopped_revert_goes_on_where_it_stopped(mara: Person, sami: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    full()
    import_ = bring("email,city\nada@x.example,Paris\nbo@x.example,Åre\n", by=mara)
    monkeypatch.setattr(reverting, "BATCH", 1)
    original = reverting._take_back

    def take_back_and_ask_to_stop(*args: Any, **options: Any) -> None:
        original(*args, **options)
        Job.objects.filter(kind=reverting.KIND).update(cancel_asked=True)

    job = actions.start_revert(import_, by=mara, at=timezone.now()).revert_job
    assert job is not None
    with monkeypatch.context() as stopping:
        stopping.setattr(reverting, "_take_back", take_back_and_ask_to_stop)
        jobs.run(job.pk)
    assert (stored("ada@x.example").city, Lead.objects.living().count()) == ("London", 2)

    done = take_back(Import.objects.get(), by=mara)

    # The first lead is not looked at again: that it was restored is no work of somebody else on it.
    assert (taken_back(done), kept(), Lead.objects.living().count()) == ((1, 1, 0), [], 1)


def test_a_step_costs_the_same_for_any_number_of_leads_that_it_made(
    mara: Person, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    rows = "".join(f"p{n}@x.example\n" for n in range(60))
    import_ = bring("email\n" + rows, by=mara)
    job = actions.start_revert(import_, by=mara, at=timezone.now()).revert_job
    assert job is not None
    stepping = reverting.steps(job)
    next(stepping)

    # The batch, its leads locked, those that it made, their past, merges into them, the living, gone, their steps, told
    # twice, savepoints, the counts.
    with django_assert_num_queries(16):
        next(stepping)

    assert Lead.objects.living().count() == 0


@in_turn
def test_the_pages_lead_from_the_result_to_what_stayed(client: Client, mara: Person, sami: Person) -> None:
    import_ = bring(FAIR, by=mara)
    records.log_talk(stored("bo@x.example"), records.Talk.CALL, text="hello", by=sami, at=timezone.now())
    client.force_login(mara)
    url = reverse("imports:revert", args=[import_.pk])

    assert url in client.get(reverse("imports:run", args=[import_.pk])).text
    before = client.get(url).text
    answer = client.post(url)
    waiting = client.get(url).text
    fragment = client.get(reverse("imports:revert_progress", args=[import_.pk]))
    job = Import.objects.get().revert_job_id
    assert job is not None
    jobs.run(job)
    after, result = client.get(url).text, client.get(reverse("imports:run", args=[import_.pk])).text
    over = client.get(reverse("imports:revert_progress", args=[import_.pk]))
    file = client.get(reverse("imports:kept", args=[import_.pk])).getvalue().decode("utf-8-sig")

    assert "2 leads would be removed." in before
    assert (answer.status_code, answer.headers["Location"]) == (HTTPStatus.FOUND, url)
    assert "Take back leads.csv" in waiting
    assert "waits for a worker" in fragment.text
    assert "2 leads were removed." in after
    assert "Sami Rep worked on it since" in after
    assert "It was taken back on" in result
    assert "taken back" in client.get(reverse("imports:index")).text
    assert over.headers["HX-Refresh"] == "true"
    assert file.splitlines()[0] == '"Lead","Name","What stayed","Why"'
    assert '"Bo","The lead","Sami Rep worked on it since' in file


def test_on_pages_others_see_it_and_cannot_do_it(client: Client, mara: Person, sami: Person) -> None:
    import_ = bring(FAIR, by=mara)
    client.force_login(sami)
    url = reverse("imports:revert", args=[import_.pk])

    assert "Take it back" not in client.get(url).text
    assert client.post(url).status_code == HTTPStatus.FORBIDDEN
    assert client.post(reverse("imports:stop_revert", args=[import_.pk])).status_code == HTTPStatus.FORBIDDEN


def test_a_waiting_revert_can_be_stopped_and_says_so(client: Client, mara: Person) -> None:
    import_ = bring(FAIR, by=mara)
    client.force_login(mara)
    client.post(reverse("imports:revert", args=[import_.pk]))

    page = client.post(reverse("imports:stop_revert", args=[import_.pk]), follow=True).text

    assert "It was stopped." in page
    assert "Take the rest back" in page
