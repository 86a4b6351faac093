"""Jobs: each step happens once, whatever dies; one worker at a time; Mara starts them."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from unittest.mock import Mock

import pytest
import time_machine
from django.db import OperationalError, connection, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks

from smarketing.celery import app
from workspace.jobs import actions, kinds
from workspace.jobs.kinds import JobKind
from workspace.jobs.models import Job
from workspace.people.models import Department, Person
from workspace.registry import Registry
from workspace.tests.moments import NOW

STEPS = 5

Steps = Callable[[Job], Iterator[None]]


@pytest.fixture
def does(monkeypatch: pytest.MonkeyPatch) -> Callable[[Steps], None]:
    """Says what jobs of the kind `test` do."""

    def register(steps: Steps) -> None:
        registry: Registry[JobKind] = Registry("job kind")
        registry.add("test", JobKind("test", steps))
        monkeypatch.setattr(kinds, "_kinds", registry)

    return register


def counting(job: Job) -> Iterator[None]:
    """Adds one to the name of the sales department a step, from where the cursor stands."""
    for number in range(job.cursor.get("next", 0), STEPS):
        sales = Department.objects.get(key="S")
        sales.name = f"{sales.name}{number}"
        sales.save()
        job.total, job.done, job.cursor = STEPS, number + 1, {"next": number + 1}
        yield


def started() -> Job:
    return actions.start("test", title="Counting", by=None, at=NOW, params={})


def sales_name() -> str:
    return Department.objects.get(key="S").name


@pytest.mark.django_db
class TestOneWorker:
    """One worker after the other, at most."""

    def test_a_job_runs_to_its_end(self, does: Callable[[Steps], None]) -> None:
        does(counting)
        job = started()

        actions.run(job.pk)

        job.refresh_from_db()
        assert (job.state, job.done, job.percent) == (Job.State.DONE, STEPS, 100)
        assert job.finished_at is not None
        assert sales_name() == "Sales01234"

    def test_after_a_kill_in_the_middle_of_a_step_it_resumes_from_the_committed_cursor(
        self, does: Callable[[Steps], None]
    ) -> None:
        def dying(job: Job) -> Iterator[None]:
            for done, _step in enumerate(counting(job), start=1):
                if done == 3:
                    raise OperationalError("the worker is gone")
                yield

        does(dying)
        job = started()
        with pytest.raises(OperationalError):
            actions.run(job.pk)
        job.refresh_from_db()
        assert (job.state, job.done) == (Job.State.RUNNING, 2)
        assert sales_name() == "Sales01", "the third step was rolled back"

        does(counting)
        assert actions.run(job.pk) is None, "the dead worker's lease still holds"
        Job.objects.update(lease_until=NOW - timedelta(days=1))
        actions.run(job.pk)

        job.refresh_from_db()
        assert job.state == Job.State.DONE
        assert sales_name() == "Sales01234", "each step happened once"

    def test_a_second_run_of_an_ended_job_does_nothing(self, does: Callable[[Steps], None]) -> None:
        does(counting)
        job = started()
        actions.run(job.pk)

        assert actions.run(job.pk) is None
        assert sales_name() == "Sales01234"

    def test_a_reason_to_stop_is_told_and_keeps_what_was_done(self, does: Callable[[Steps], None]) -> None:
        def refusing(job: Job) -> Iterator[None]:
            yield from list(counting(job))[:2]
            job.done = 99
            raise actions.JobError("The file has no rows.")

        does(refusing)
        job = started()

        actions.run(job.pk)

        job.refresh_from_db()
        assert (job.state, job.error) == (Job.State.FAILED, "The file has no rows.")
        assert job.done == STEPS, "progress of the step that failed is not stored"

    def test_a_fault_of_ours_is_logged_and_not_shown(
        self, does: Callable[[Steps], None], caplog: pytest.LogCaptureFixture
    ) -> None:
        def faulty(_job: Job) -> Iterator[None]:
            yield from ()
            raise ZeroDivisionError("secret detail")

        does(faulty)
        job = started()

        actions.run(job.pk)

        job.refresh_from_db()
        assert job.state == Job.State.FAILED
        assert "secret detail" not in job.error
        assert "secret detail" in caplog.text

    def test_a_waiting_job_is_cancelled_at_once(self, does: Callable[[Steps], None]) -> None:
        does(counting)
        job = actions.cancel(started(), at=NOW)

        assert (job.state, job.finished_at) == (Job.State.CANCELLED, NOW)
        assert actions.run(job.pk) is None

    def test_a_running_job_is_cancelled_after_its_step(self, does: Callable[[Steps], None]) -> None:
        def interrupted(job: Job) -> Iterator[None]:
            for _step in counting(job):
                actions.cancel(job, at=NOW)
                yield

        does(interrupted)
        job = started()

        actions.run(job.pk)

        job.refresh_from_db()
        assert (job.state, job.done) == (Job.State.CANCELLED, 1)
        assert sales_name() == "Sales0"

    def test_an_ended_job_is_not_cancelled(self, does: Callable[[Steps], None]) -> None:
        does(counting)
        job = started()
        actions.run(job.pk)

        assert actions.cancel(job, at=NOW).state == Job.State.DONE

    def test_a_kind_that_nobody_registered_does_not_start(self) -> None:
        with pytest.raises(KeyError):
            actions.start("no.such", title="", by=None, at=NOW, params={})

    def test_the_sweep_sends_for_what_waits_and_for_what_a_dead_worker_left(
        self,
        does: Callable[[Steps], None],
        monkeypatch: pytest.MonkeyPatch,
        django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    ) -> None:
        does(counting)
        waiting, orphaned, running, done = (started() for _ in range(4))
        leases = {"state": "running", "lease": "0" * 32}
        Job.objects.filter(pk=orphaned.pk).update(**leases, lease_until=NOW - timedelta(seconds=1))
        Job.objects.filter(pk=running.pk).update(**leases, lease_until=NOW + timedelta(seconds=1))
        actions.cancel(done, at=NOW)
        send = Mock()
        monkeypatch.setattr(app, "send_task", send)

        with django_capture_on_commit_callbacks(execute=True):
            assert actions.sweep(NOW) == 2

        assert [call.args for call in send.call_args_list] == [
            ("workspace.jobs.run", (waiting.pk,)),
            ("workspace.jobs.run", (orphaned.pk,)),
        ]

    def test_the_rest_is_told_by_the_pace_so_far(self) -> None:
        job = Job(total=300, done=100, started_at=NOW)

        assert job.seconds_left(NOW + timedelta(seconds=10)) == 20
        assert Job(total=300, done=0, started_at=NOW).seconds_left(NOW) is None
        assert (job.percent, Job(total=None).percent, Job(total=10, done=20).percent) == (33, None, 100)

    def test_each_sees_their_own_and_administrators_all(
        self, does: Callable[[Steps], None], mara: Person, otto: Person
    ) -> None:
        does(counting)
        job = actions.start("test", title="Mara's", by=mara, at=NOW, params={})
        started()

        assert list(Job.objects.visible_to(mara)) == [job]
        assert Job.objects.visible_to(otto).count() == 2

    def test_the_administration_shows_and_changes_nothing(self, does: Callable[[Steps], None], as_otto: Client) -> None:
        does(counting)
        job = started()
        page = reverse("admin:workspace_jobs_job_change", args=[job.pk])

        assert "Counting" in as_otto.get(reverse("admin:workspace_jobs_job_changelist")).text
        assert as_otto.get(page).status_code == HTTPStatus.OK
        assert as_otto.post(page, {"title": "x"}).status_code == HTTPStatus.FORBIDDEN


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_at_once_one_does_all_the_work(does: Callable[[Steps], None]) -> None:
    Department.objects.filter(key="S").update(name="Sales")
    does(counting)
    job = started()
    together = threading.Barrier(2)
    worked: list[Job | None] = []

    def work() -> None:
        connection.ensure_connection()
        together.wait()
        try:
            worked.append(actions.run(job.pk))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [one is None for one in sorted(worked, key=lambda one: one is None)] == [False, True]
    assert sales_name() == "Sales01234"


@pytest.mark.django_db(transaction=True)
def test_a_job_that_another_worker_is_taking_up_is_left_to_it(does: Callable[[Steps], None]) -> None:
    does(counting)
    job = started()
    taken, tried = threading.Event(), threading.Event()

    def take_up() -> None:
        try:
            with transaction.atomic():
                Job.objects.select_for_update().get(pk=job.pk)
                taken.set()
                tried.wait(3)
        finally:
            connection.close()

    other = threading.Thread(target=take_up)
    other.start()
    taken.wait(3)
    mine = actions.run(job.pk)
    tried.set()
    other.join()

    assert mine is None


@pytest.mark.django_db(transaction=True)
def test_a_worker_whose_job_was_taken_over_stops_and_stores_nothing(
    does: Callable[[Steps], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    Department.objects.filter(key="S").update(name="Sales")
    does(counting)
    job = started()
    step, taken = actions._step, 0

    def overtaken(*given: Any) -> bool:
        """Before the third step the lease runs out, and another worker finishes the job."""
        nonlocal taken
        taken += 1
        if taken == 3:
            monkeypatch.setattr(actions, "_step", step)
            with time_machine.travel(NOW + timedelta(days=9_000)):
                assert actions.run(job.pk) is not None
        return step(*given)

    monkeypatch.setattr(actions, "_step", overtaken)
    actions.run(job.pk)

    job.refresh_from_db()
    assert job.state == Job.State.DONE
    assert sales_name() == "Sales01234"
