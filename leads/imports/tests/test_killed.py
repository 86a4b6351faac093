"""An import that is killed goes on where it stopped, and no row comes in twice."""

import csv
import threading
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import OperationalError, connections
from django.utils import timezone

from leads.funnel.models import Source
from leads.imports import actions, tasks
from leads.imports.actions import running
from leads.imports.models import Import, ImportedLead
from leads.imports.tests.bringing import agreed, bring, counts, refused
from leads.records.actions import intake, intake_storing
from leads.records.actions.intake import Intake
from leads.records.models import Company, Deal, Lead
from leads.records.tests.factories import NOON, LeadFactory
from workspace import indexing
from workspace.jobs import actions as jobs
from workspace.jobs.models import Job
from workspace.journal.models import JournalEntry

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = 25
CONTENT = "name,company,external_id,tags\n" + "".join(
    f"Lead {n},Company {n % 3},{'' if n % 2 else n},fair\n" if n != 11 else "nothing to tell it by,,,\n"
    for n in range(ROWS)
)


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "BATCH", 4)


@pytest.fixture
def started() -> Import:
    import_ = agreed(CONTENT, match="external_id")
    Import.objects.filter(pk=import_.pk).update(state=Import.State.CHECKED)
    return actions.start_run(import_, by=None, at=NOON)


def _die(monkeypatch: pytest.MonkeyPatch, where: str, at_call: int) -> None:
    """Let the connection be lost in the middle of `where`, as when the machine goes down."""
    calls = iter(range(1, 1_000))
    if where == "before the batch":
        original: Any = Intake.take_in

        def take_in(self: Intake, rows: Any) -> Any:
            if next(calls) == at_call:
                raise OperationalError("the server went away")
            return original(self, rows)

        monkeypatch.setattr(Intake, "take_in", take_in)
    else:
        original = running._keep

        def keep(*args: Any) -> None:
            original(*args)
            if next(calls) == at_call:
                raise OperationalError("the server went away")

        monkeypatch.setattr(running, "_keep", keep)


@pytest.mark.parametrize("where", ["before the batch", "after the rows are written"])
def test_a_killed_import_resumes_at_its_last_whole_batch(
    started: Import, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    assert started.job is not None
    with monkeypatch.context() as broken:
        _die(broken, where, at_call=4)
        with pytest.raises(OperationalError):
            jobs.run(started.job.pk)
    half = Import.objects.get(pk=started.pk)
    assert (half.rows_done, Lead.objects.count(), ImportedLead.objects.count()) == (12, 11, 11)
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))

    jobs.run(started.job.pk)

    done = Import.objects.get(pk=started.pk)
    assert counts(done) == (ROWS - 1, 0, 0, 1)
    assert (done.state, Lead.objects.count(), Deal.objects.count()) == ("done", ROWS - 1, ROWS - 1)
    assert JournalEntry.objects.filter(verb="lead.imported").count() == ROWS - 1
    assert sorted(ImportedLead.objects.values_list("line", flat=True)) == [n + 2 for n in range(ROWS) if n != 11]
    assert [cells[0] for cells in csv.reader(refused(done))] == ["13"]


def test_an_import_that_is_killed_at_its_very_end_ends_when_it_is_taken_up(
    started: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_args: Any, **_facts: Any) -> None:
        raise OperationalError("the server went away")

    assert started.job is not None
    with monkeypatch.context() as broken:
        broken.setattr("leads.imports.actions.running.journal.record", die)
        with pytest.raises(OperationalError):
            jobs.run(started.job.pk)
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))

    jobs.run(started.job.pk)

    done = Import.objects.select_related("job").get(pk=started.pk)
    assert done.job is not None
    assert (done.state, done.job.state, done.text.name) == ("done", "done", "")
    assert counts(done) == (ROWS - 1, 0, 0, 1)


def test_a_second_worker_finds_the_job_taken(started: Import) -> None:
    assert started.job is not None
    Job.objects.filter(pk=started.job.pk).update(
        state=Job.State.RUNNING, lease_until=timezone.now() + timedelta(minutes=1)
    )

    assert jobs.run(started.job.pk) is None
    assert not Lead.objects.exists()


def test_a_stopped_import_keeps_what_came_in_and_says_where_it_stopped(
    started: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = running._keep

    def keep_and_ask_to_stop(*args: Any) -> None:
        original(*args)
        Job.objects.update(cancel_asked=True)

    assert started.job is not None
    monkeypatch.setattr(running, "_keep", keep_and_ask_to_stop)
    jobs.run(started.job.pk)

    stopped = Import.objects.select_related("job").get(pk=started.pk)
    assert (stopped.ended_early, stopped.rows_done, Lead.objects.count()) == (True, 4, 4)


def test_whoever_makes_a_lead_meanwhile_has_the_batch_judged_anew(
    started: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    original, calls = intake_storing.store, iter(range(100))

    def make_one() -> None:
        LeadFactory.create(external_id="2", first_name="Quicker")
        connections.close_all()

    def somebody_is_quicker(*args: Any, **options: Any) -> None:
        if next(calls) == 0:
            colleague = threading.Thread(target=make_one)
            colleague.start()
            colleague.join()
        original(*args, **options)

    monkeypatch.setattr("leads.records.actions.intake.store", somebody_is_quicker)
    assert started.job is not None
    jobs.run(started.job.pk)

    done = Import.objects.get(pk=started.pk)
    assert counts(done) == (ROWS - 2, 1, 0, 1)
    assert Lead.objects.get(external_id="2").last_name == "2"


def test_what_a_batch_makes_is_known_to_the_next_that_was_prepared_beside_it() -> None:
    rows = "".join(f"{n % 6},Lead {n},{'Acme' if n > 2 else ''},{'Fair' if n > 3 else ''},{n}\n" for n in range(12))
    done = bring(f"external_id,last_name,company,source,value\n{rows}", match="external_id")

    assert counts(done) == (6, 6, 0, 0)
    assert list(Lead.objects.order_by("external_id").values_list("last_name", "value")) == [
        (f"Lead {n}", Decimal(n)) for n in range(6, 12)
    ]
    assert {lead.company_name for lead in Lead.objects.all()} == {"Acme"}
    assert (Company.objects.count(), Source.objects.filter(name="Fair").count()) == (1, 1)


def test_the_indexes_of_lists_are_made_again_when_a_run_died_without_them(
    started: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert started.job is not None
    monkeypatch.setattr(running, "LARGE_FILE", 0)
    with monkeypatch.context() as broken:
        _die(broken, "before the batch", at_call=3)
        with pytest.raises(OperationalError):
            jobs.run(started.job.pk)
    assert Lead.objects.matching("lead 3").count() == 1
    assert indexing.missing(intake.LIST_INDEXES) == set(intake.LIST_INDEXES)

    assert not running.make_indexes_good(timezone.now()), "its run may still go on"
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert running.make_indexes_good(timezone.now())
    assert not indexing.missing(intake.LIST_INDEXES)


def test_a_large_first_import_makes_each_index_of_lists_of_all_at_once(
    started: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert started.job is not None
    monkeypatch.setattr(running, "LARGE_FILE", 0)
    monkeypatch.setattr(running, "MOST_WITHOUT_INDEXES", 10)
    missing: list[bool] = []
    original = running._keep

    def keep(*args: Any) -> None:
        original(*args)
        missing.append(bool(indexing.missing(intake.LIST_INDEXES)))

    monkeypatch.setattr(running, "_keep", keep)
    jobs.run(started.job.pk)

    assert missing == [True, True, True, False, False, False, False]
    assert not indexing.missing(intake.LIST_INDEXES)


def test_the_indexes_of_lists_are_made_by_a_task_once_the_rows_are_in(
    started: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert started.job is not None
    monkeypatch.setattr(running, "LARGE_FILE", 0)
    sent: list[str] = []
    monkeypatch.setattr("workspace.queue.soon", lambda name, *_args: sent.append(name))

    jobs.run(started.job.pk)

    assert indexing.missing(intake.LIST_INDEXES) == set(intake.LIST_INDEXES)
    assert sent == [tasks.settle.name]
    tasks.settle()
    assert not indexing.missing(intake.LIST_INDEXES)
