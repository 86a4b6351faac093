"""The check: the same rows by the same way as in the run, rolled back, so that nothing is written before the bringer says go."""

import threading
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connections, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from leads.imports import refusals
from leads.imports.actions.preparing import demand, drop, lock, make_text
from leads.imports.actions.running import Batch, read_batches, terms_of
from leads.imports.mapping import targets
from leads.imports.models import Import
from leads.records.actions.intake import Act, Intake, Outcome, tidy
from leads.records.values import clean_text
from workspace.jobs import actions as jobs
from workspace.jobs.models import Job
from workspace.people.models import Person

KIND = "leads.imports.check"
SHOWN_ROWS = 50
# What is tried holds its locks until it is rolled back; after so many batches others get their turn, and rows that repeat a
# lead of an earlier round are counted as if they were its first.
ROUND = 20
# A text of this size is tried at once; a longer one on a connection of its own, so that its progress can be told.
SHORT = 1 << 20
TELL_SECONDS = 0.5


@dataclass
class Findings:
    """What a run would do: counts over the whole file, the first rows one by one, reasons with examples."""

    counts: dict[str, int] = field(default_factory=lambda: {act.value: 0 for act in Act})
    rows: list[dict[str, Any]] = field(default_factory=list)
    reasons: dict[str, int] = field(default_factory=dict)
    offset: int = 0

    def add(self, batch: Batch, outcomes: list[Outcome], labels: dict[str, str]) -> None:
        """Count a batch in."""
        self.offset = batch.place.offset
        for row, outcome in zip(batch.rows, outcomes, strict=True):
            self.counts[outcome.act] += 1
            if outcome.act is Act.REFUSED:
                self._count_reasons(outcome, labels)
            if len(self.rows) < SHOWN_ROWS:
                self.rows.append(_shown(row.cells, outcome, labels))

    def _count_reasons(self, outcome: Outcome, labels: dict[str, str]) -> None:
        for key in outcome.errors:
            label = labels.get(key, key) or _("The row itself")
            self.reasons[label] = self.reasons.get(label, 0) + 1

    def as_json(self) -> dict[str, Any]:
        return {"counts": self.counts, "rows": self.rows, "reasons": self.reasons}


def _shown(cells: list[str], outcome: Outcome, labels: dict[str, str]) -> dict[str, Any]:
    title = outcome.entry.title() if outcome.entry else clean_text(", ".join(cell for cell in cells if cell))[:80]
    return {
        "line": outcome.line,
        "act": outcome.act.value,
        "title": title,
        "reason": refusals.reason(outcome.errors, labels),
        "changes": [{"label": c.label, "old": str(c.old or ""), "new": str(c.new or "")} for c in outcome.changes],
    }


def start_check(import_: Import, *, by: Person | None, at: datetime) -> Import:
    """Let a job find out what the rows would do.

    Raises:
        PermissionDenied: somebody else brought it.
        ImportMoved: its columns have no meaning yet, or it comes in already.
    """
    demand(import_, by)
    with transaction.atomic():
        import_ = lock(import_, Import.State.CHECKING)
        drop(import_)
        title = _("Check %s") % import_.name
        import_.job = jobs.start(KIND, title=title, by=by, at=at, params={"import": import_.pk})
        import_.state, import_.preview = Import.State.CHECKING, {}
        import_.save(update_fields=["state", "job", "preview", "text"])
    return import_


def steps(job: Job) -> Iterator[None]:
    """The job's steps: the text, the trial, the findings. Begins anew when it was killed."""
    import_ = Import.objects.select_related("by", "sort_by").get(pk=job.params["import"])
    if not import_.text:
        make_text(import_)
    job.total, job.done = import_.text.size, 0
    yield
    if import_.text.size <= SHORT:
        findings = rehearse(import_)
    else:
        findings = yield from _beside(job, import_)
    stored = Import.objects.select_for_update(no_key=True).get(pk=import_.pk)
    if stored.state == Import.State.CHECKING and stored.job_id == job.pk:
        stored.preview, stored.state = findings.as_json(), Import.State.CHECKED
        stored.save(update_fields=["preview", "state"])
    job.done = job.total
    yield


def _beside(job: Job, import_: Import) -> Generator[None, None, Findings]:
    """Rehearse in a thread, whose connection is its own, and tell how far it is."""
    findings, halted = Findings(), threading.Event()
    with ThreadPoolExecutor(1, "check-import") as pool:
        trial = pool.submit(_alone, import_, findings, halted)
        try:
            while not wait([trial], TELL_SECONDS).done:
                job.done = findings.offset
                yield
            return trial.result()
        finally:
            halted.set()


def _alone(import_: Import, findings: Findings, halted: threading.Event) -> Findings:
    try:
        return rehearse(import_, findings, halted.is_set)
    finally:
        connections.close_all()


def rehearse(
    import_: Import, findings: Findings | None = None, is_halted: Callable[[], bool] = lambda: False
) -> Findings:
    """Take all rows in and roll it back; returns what would have become of them."""
    findings = findings or Findings()
    labels = targets()
    intake = Intake(terms_of(import_, timezone.now()))
    with import_.text.open("rb") as text:
        batches = read_batches(import_, text, None, intake.prepare)
        goes_on = True
        while goes_on and not is_halted():
            goes_on = _try_round(intake, batches, findings, labels)
            if findings.offset > SHORT:
                tidy()  # what was rolled back waits for the search index all the same
        batches.close()
    return findings


def _try_round(intake: Intake, batches: Iterator[Batch], findings: Findings, labels: dict[str, str]) -> bool:
    """Try some batches; False when there were none left."""
    tried = 0
    with transaction.atomic():
        for batch in islice(batches, ROUND):
            findings.add(batch, intake.take_in(batch.prepared), labels)
            tried += 1
        transaction.set_rollback(True)
    intake.forget()
    return tried == ROUND
