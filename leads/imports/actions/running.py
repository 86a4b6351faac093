"""The run: rows go in by batches, each with the place in the file where it ended, in one transaction."""

import gc
import sys
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, tzinfo
from itertools import count, islice
from typing import Any
from zoneinfo import ZoneInfo

from django.core.files import File
from django.db import connection, connections, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from leads.funnel.actions import tell_added
from leads.funnel.models import Stage
from leads.imports import hands, refusals
from leads.imports.actions.preparing import demand, lock, make_text
from leads.imports.cleaning import RowCleaner, clean_for_all
from leads.imports.mapping import CUSTOM, Mapping, new_fields
from leads.imports.models import Import, ImportedLead
from leads.imports.reading import layout
from leads.imports.reading.rows import Place, Row, Rows
from leads.records.actions import intake
from leads.records.actions.intake import COMING_IN, Act, Incoming, Intake, Outcome, Prepared, Terms
from leads.records.models import CustomField
from workspace import queue
from workspace.copying import Column, checked_as_sets, copy_columns
from workspace.files import actions as files
from workspace.jobs import actions as jobs
from workspace.jobs.models import Job
from workspace.journal import actions as journal
from workspace.journal.models import Way
from workspace.people.models import Person
from workspace.turns import Turns

KIND = "leads.imports.run"
BATCH = 5_000
# Nothing is stored while the first one is read.
FIRST_BATCH = 500
# After so many new rows the planner is told, since its numbers are of another table.
MANY_ROWS = 10_000
OBJECTS_OF_A_BATCH = 200_000
SWITCH_SECONDS = 0.0001
TIDY_EVERY = 5
# The indexes of lists are put off for the first leads of a workspace, if they are many; for too many, they would be missed.
LARGE_FILE = 1 << 20
MOST_WITHOUT_INDEXES = 200_000

Prepare = Callable[[Sequence[Incoming], Turns], Prepared]


@dataclass(frozen=True)
class Batch:
    """Rows as they stand in the file and as they are prepared for the intake, and the place after them."""

    rows: list[Row]
    prepared: Prepared
    place: Place


def start_run(import_: Import, *, by: Person | None, at: datetime) -> Import:
    """Let the rows come in, by a job.

    Raises:
        PermissionDenied: somebody else brought it.
        ImportMoved: it has not been checked, or comes in already.
    """
    demand(import_, by)
    with transaction.atomic():
        import_ = lock(import_, Import.State.RUNNING)
        title = _("Bring in %s") % import_.name
        import_.job = jobs.start(KIND, title=title, by=by, at=at, params={"import": import_.pk})
        import_.state = Import.State.RUNNING
        import_.save(update_fields=["state", "job"])
        journal.record("import.started", subject=import_, by=by, at=at, file=import_.name)
    return import_


def stop(import_: Import, *, by: Person | None, at: datetime) -> Import:
    """Stop a run after its present batch; what came in stays, and is told with the rest that did not."""
    demand(import_, by)
    if import_.job is not None:
        jobs.cancel(import_.job, at=at)
    return Import.objects.select_related("job").get(pk=import_.pk)


def steps(job: Job) -> Iterator[None]:
    """The job's steps: the text, new custom fields, batch after batch, and the end. Resumes where the last one ended."""
    import_ = Import.objects.select_related("by", "sort_by").get(pk=job.params["import"])
    if not import_.text:
        make_text(import_)
    if job.total is None:
        job.total = import_.text.size
        yield
    make_fields(import_)
    yield
    if import_.text.size > LARGE_FILE:
        intake.put_off_indexes()
        yield
    with journal.by_way(Way.IMPORT), at_full_speed():
        yield from _batches(job, import_)
        refusals.write(import_)
        yield
        _finish(job, import_)


@contextmanager
def at_full_speed() -> Iterator[None]:
    """Look for cycles of objects rarely, and change between threads often.

    Rows by the ten thousand hold no cycles, and looking for them takes longer than judging them. The thread that stores waits
    for the database again and again, and should not wait for the one that reads as well.
    """
    usual, interval = gc.get_threshold(), sys.getswitchinterval()
    gc.set_threshold(OBJECTS_OF_A_BATCH, *usual[1:])
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        sys.setswitchinterval(interval)


def make_indexes_good(now: datetime) -> bool:
    """Make the indexes of lists that a run left behind, whether it is done, was stopped or died; tells whether some were missing.

    While a run goes on they wait.
    """
    running = Import.objects.filter(state=Import.State.RUNNING, job__state=Job.State.RUNNING, job__lease_until__gt=now)
    return not running.exists() and intake.make_indexes_good()


def settle(now: datetime) -> None:
    """After many new rows: make the indexes of lists good, and tell the planner of the tables' new sizes."""
    make_indexes_good(now)
    intake.settle()


def make_fields(import_: Import) -> None:
    """Define the custom fields that columns are to become, and send the columns into them."""
    mapping = Mapping.from_json(import_.mapping)
    made = new_fields(mapping)
    if not made:
        return
    tell_added(CustomField.objects.bulk_create(made.values()), by=import_.by, at=timezone.now())
    for column in mapping.columns:
        if column.name in made:
            column.target = CUSTOM + made[column.name].key
    import_.mapping = mapping.as_json()
    import_.save(update_fields=["mapping"])


def _batches(job: Job, import_: Import) -> Iterator[None]:
    place = Place(**job.cursor["place"]) if "place" in job.cursor else None
    at = datetime.fromisoformat(job.cursor["at"]) if "at" in job.cursor else timezone.now()
    taker = Intake(terms_of(import_, at))
    spent: list[object] = []
    with import_.text.open("rb") as text, tidying() as tidy_soon:
        for batch in read_batches(import_, text, place, taker.prepare, spent):
            tidy_soon()
            outcomes = taker.take_in(batch.prepared)
            _keep(import_, batch, outcomes)
            job.done = batch.place.offset
            job.cursor = {"place": asdict(batch.place), "at": at.isoformat()}
            yield
            if import_.created_count > MOST_WITHOUT_INDEXES and intake.make_indexes_good():
                yield
            spent += (batch, outcomes)
            del batch, outcomes


@contextmanager
def tidying() -> Iterator[Callable[[], None]]:
    """Yields what is called before each batch: every few, the search index takes up the earlier ones in a thread beside."""
    called, beside = count(1), ThreadPoolExecutor(1, "tidy-import")

    def tidy_soon() -> None:
        if next(called) % TIDY_EVERY == 0:
            beside.submit(_tidy_alone)

    try:
        yield tidy_soon
    finally:
        beside.shutdown(cancel_futures=True)


def _tidy_alone() -> None:
    try:
        intake.tidy()
    finally:
        connections.close_all()


def terms_of(import_: Import, at: datetime) -> Terms:
    """On which terms the import's rows come in."""
    return Terms(
        match=import_.match,  # type: ignore[arg-type]  # one of the model's choices
        mode=import_.mode,  # type: ignore[arg-type]
        file=import_.name,
        by=import_.by,
        at=at,
        import_id=import_.pk,
        defaults=clean_for_all(Mapping.from_json(import_.mapping)),
        sort_by_id=import_.sort_by_id,
        sort_until=import_.sort_until,
        asleep_until=import_.asleep_until,
        asleep_reason=import_.asleep_reason,
    )


def read_batches(
    import_: Import, text: "File[bytes]", place: Place | None, prepare: Prepare, spent: list[object] | None = None
) -> Generator[Batch, None, None]:
    """Batches of prepared rows from `place` (or the header) on; the next is prepared while the last is being stored.

    What is put into `spent` is let go of by the thread that prepares: to free ten thousand objects takes its time.
    """
    mapping = Mapping.from_json(import_.mapping)
    laid_out = layout.lay_out(text, import_.delimiter, import_.header_line)
    rows = Rows(text, import_.delimiter, place or laid_out.start)
    cleaner = RowCleaner(mapping, _definitions(mapping), zone_of(import_), _closed_stages())
    turns = Turns()
    with ThreadPoolExecutor(1, "read-import") as reader, connection.execute_wrapper(turns.execute):
        coming: Future[Batch] = reader.submit(_read, rows, min(FIRST_BATCH, BATCH), cleaner, prepare, turns)
        while (batch := _awaited(coming, turns)).rows:
            if spent is not None:
                reader.submit(spent.clear)
            coming = reader.submit(_read, rows, BATCH, cleaner, prepare, turns)
            yield batch


def _awaited(coming: "Future[Batch]", turns: Turns) -> Batch:
    with turns.waiting():
        return coming.result()


def _read(rows: Rows, size: int, cleaner: RowCleaner, prepare: Prepare, turns: Turns) -> Batch:
    read = list(turns.paced(islice(rows, size)))
    cleaned = [cleaner.clean(row) for row in turns.paced(read)]
    return Batch(read, prepare(cleaned, turns), rows.place)


def zone_of(import_: Import) -> tzinfo:
    """The zone of times that are written without one: the bringer's."""
    return ZoneInfo(import_.by.time_zone) if import_.by else timezone.get_default_timezone()


def _closed_stages() -> set[str]:
    """Names and slugs of the stages in which a lead is closed, in small letters. Costs one query."""
    closed = Stage.objects.exclude(kind=Stage.Kind.OPEN).values_list("slug", "name")
    return {said.lower() for names in closed for said in names}


def _definitions(mapping: Mapping) -> dict[str, CustomField]:
    """Custom fields by column name; those still to be made are unsaved. Costs two queries."""
    known = {definition.key: definition for definition in CustomField.objects.filter(on="lead")}
    used = {
        column.name: known[column.target.removeprefix(CUSTOM)]
        for column in mapping.columns
        if column.target.startswith(CUSTOM)
    }
    return used | new_fields(mapping)


def _keep(import_: Import, batch: Batch, outcomes: Sequence[Outcome]) -> None:
    """Count what became of the rows, and remember which leads they touched and why others were refused."""
    for act, more in Counter(outcome.act for outcome in outcomes).items():
        count = f"{act}_count"
        setattr(import_, count, getattr(import_, count) + more)
    touched = [outcome for outcome in outcomes if outcome.act in COMING_IN]
    columns: dict[str, Column] = {
        "import_of_id": import_.pk,
        "line": [outcome.line for outcome in touched],
        "lead_id": [outcome.lead_id for outcome in touched],
        "act": [str(outcome.act) for outcome in touched],
    }
    table = ImportedLead._meta.db_table
    # The leads are of this very transaction, made or locked by it.
    with checked_as_sets([table], {Import: [import_.pk]}):
        copy_columns(table, columns, len(touched))
    refusals.keep(import_, zip(batch.rows, outcomes, strict=True))
    import_.save(update_fields=["created_count", "updated_count", "unchanged_count", "refused_count"])


def _finish(job: Job, import_: Import) -> None:
    """Tell that it is done. What makes a large table quick to read follows by a task of its own."""
    if import_.text.size > LARGE_FILE or import_.created_count + import_.updated_count >= MANY_ROWS:
        queue.soon("leads.imports.settle")
    counts = {act.value: getattr(import_, f"{act}_count") for act in Act}
    job.result = counts
    import_.state, import_.done_at = Import.State.DONE, timezone.now()
    # Its bytes go after the commit: who is killed before it comes back here, and reads them once more.
    files.discard(import_, "text")
    import_.save(update_fields=["state", "done_at"])
    told: dict[str, Any] = {"file": import_.name, "hands": hands.of_run(import_), **counts}
    journal.record("import.done", subject=import_, by=import_.by, at=import_.done_at, **told)
