"""Taking an import back: what it made is removed, what it changed is restored, unless somebody worked on it since."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.imports import hands
from leads.imports.actions.preparing import demand
from leads.imports.models import Import, ImportedLead, NotReverted
from leads.imports.reverting import CHANGING, Past, pasts, undoing_of
from leads.records.actions import removing, restoring
from leads.records.models import Lead, Merge
from workspace.errors import Conflict
from workspace.jobs import actions as jobs
from workspace.jobs.models import Job
from workspace.journal import actions as journal
from workspace.notices import telling
from workspace.people.models import Person

KIND = "leads.imports.revert"
BATCH = 500


class NotRevertible(Conflict):
    """The import is not one that can be taken back now; `import_` is its state."""

    title = gettext_lazy("Not to be taken back")

    def __init__(self, import_: Import) -> None:
        super().__init__(_("This import still comes in, or is taken back already."))
        self.import_ = import_


@dataclass(frozen=True)
class Preview:
    """What taking an import back would do, in leads. `kept` and `partly` were worked on since."""

    removed: int = 0
    kept: int = 0
    restored: int = 0
    partly: int = 0


_COUNTED = """
WITH mine AS (
    SELECT lead_id, bool_or(act = 'created') AS is_made FROM leads_imports_importedlead WHERE import_of_id = %(import)s
    GROUP BY lead_id
), touched AS (
    SELECT DISTINCT entry.thread_id FROM workspace_journal_entry entry JOIN workspace_journal_entry own
        ON own.thread_kind = 'lead' AND own.thread_id = entry.thread_id AND own.recorded_at >= %(since)s
        AND own.facts ->> 'import' = %(import)s::text AND own.recorded_at < entry.recorded_at AND own.xid <> entry.xid
    WHERE entry.thread_kind = 'lead' AND entry.thread_id IN (SELECT lead_id FROM mine) AND entry.recorded_at >= %(since)s
    AND entry.facts ->> 'import' IS DISTINCT FROM %(import)s::text
    AND (entry.actor_id IS NOT NULL OR entry.verb = ANY(%(changing)s))
    AND NOT EXISTS (
        SELECT FROM leads_imports_import other WHERE other.reverted_at IS NOT NULL
        AND other.id::text = entry.facts ->> 'import'
    )
)
SELECT is_made, touched.thread_id IS NOT NULL OR EXISTS (
    SELECT FROM leads_records_merge merge WHERE merge.survivor_id = mine.lead_id AND merge.undone_at IS NULL
    AND merge.at >= %(since)s
), count(*) FROM mine
JOIN leads_records_lead lead ON lead.id = mine.lead_id AND lead.deleted_at IS NULL
LEFT JOIN touched ON touched.thread_id = mine.lead_id GROUP BY 1, 2
"""


def preview(import_: Import) -> Preview:
    """Count what would be removed, restored and kept. One query, of about a second for a hundred thousand leads."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED, {"import": import_.pk, "since": import_.created_at, "changing": list(CHANGING)})
        counts = {(is_made, is_touched): count for is_made, is_touched, count in cursor.fetchall()}
    return Preview(
        removed=counts.get((True, False), 0),
        kept=counts.get((True, True), 0),
        restored=counts.get((False, False), 0),
        partly=counts.get((False, True), 0),
    )


def start_revert(import_: Import, *, by: Person | None, at: datetime) -> Import:
    """Let a job take the import back; one that ended early goes on where the last one stopped.

    Raises:
        PermissionDenied: somebody else brought it.
        NotRevertible: it still comes in, is being taken back, or was.
    """
    demand(import_, by)
    with transaction.atomic():
        stored = Import.objects.select_for_update(no_key=True, of=("self",)).select_related("job", "revert_job")
        import_ = stored.get(pk=import_.pk)
        if not import_.is_revertible:
            raise NotRevertible(import_)
        title = _("Take back %s") % import_.name
        before = import_.revert_job
        job = jobs.start(KIND, title=title, by=by, at=at, params={"import": import_.pk})
        if before is None:
            journal.record("import.revert_started", subject=import_, by=by, at=at, file=import_.name)
        else:
            job.cursor, job.done = before.cursor, before.done
            job.save(update_fields=["cursor", "done"])
        import_.revert_job = job
        import_.save(update_fields=["revert_job"])
    return import_


def stop_revert(import_: Import, *, by: Person | None, at: datetime) -> None:
    """Stop after the present step; the rest can be taken back later."""
    demand(import_, by)
    if import_.revert_job is not None:
        jobs.cancel(import_.revert_job, at=at)


def steps(job: Job) -> Iterator[None]:
    """The job's steps: batch after batch of leads by their number, and the end. Resumes where the last one ended."""
    import_ = Import.objects.select_related("job").get(pk=job.params["import"])
    touched = ImportedLead.objects.filter(import_of=import_)
    job.total = touched.values("lead").distinct().count()
    since = job.cursor.get("since", job.created_at.isoformat())
    yield
    while ids := _next(import_, job.cursor.get("lead", 0)):
        with telling.nothing():  # told with its end, in one line: nobody hears of each lead
            _take_back(import_, ids, by=job.by, at=timezone.now())
        job.done += len(ids)
        job.cursor = {"lead": ids[-1], "since": since}
        yield
    import_.reverted_at = timezone.now()
    import_.save(update_fields=["reverted_at"])
    counts: dict[str, Any] = {
        "removed": import_.removed_count,
        "restored": import_.restored_count,
        "kept": import_.kept_count,
    }
    job.result = counts
    told = {"file": import_.name, "hands": hands.of_revert(import_, datetime.fromisoformat(since)), **counts}
    journal.record("import.reverted", subject=import_, by=job.by, at=import_.reverted_at, **told)
    yield


def _next(import_: Import, after: int) -> list[int]:
    rows = ImportedLead.objects.filter(import_of=import_, lead_id__gt=after)
    return list(rows.order_by("lead_id").values_list("lead_id", flat=True).distinct()[:BATCH])


@dataclass
class _Step:
    """One batch on its way back."""

    import_: Import
    by: Person | None
    at: datetime
    kept: list[NotReverted] = field(default_factory=list)

    @property
    def reason(self) -> str:
        return _("The import of %s was taken back.") % self.import_.name

    def keep(self, lead_id: int, what: str, reason: str) -> None:
        self.kept.append(NotReverted(import_of=self.import_, lead_id=lead_id, what=what[:200], reason=reason))


def _take_back(import_: Import, ids: Sequence[int], *, by: Person | None, at: datetime) -> None:
    step = _Step(import_, by, at)
    rows = Lead.objects.filter(pk__in=ids).order_by("pk")
    stored = {lead.pk: lead for lead in rows.select_for_update(no_key=True, of=("self",))}
    made = set(
        ImportedLead.objects.filter(import_of=import_, lead__in=ids, act="created").values_list("lead", flat=True)
    )
    past = pasts(import_, ids)
    living = {pk for pk, lead in stored.items() if lead.deleted_at is None}
    joined = set(
        Merge.objects.standing()
        .filter(survivor__in=living, at__gte=import_.created_at)
        .values_list("survivor", flat=True)
    )
    for pk in sorted(joined):
        step.keep(pk, _("The lead"), _("Another lead was merged into it; undo that first."))
    living -= joined
    for pk in stored.keys() - living - joined:
        if stored[pk].merged_into_id is not None:
            step.keep(pk, _("The lead"), _("It was merged into another one."))
    import_.removed_count += _remove(step, made & living, past)
    import_.restored_count += _restore(step, [stored[pk] for pk in sorted(living - made)], past)
    NotReverted.objects.bulk_create(step.kept)
    import_.kept_count += len({row.lead_id for row in step.kept})
    import_.save(update_fields=["removed_count", "restored_count", "kept_count"])


def _remove(step: _Step, ids: set[int], past: Mapping[int, Past]) -> int:
    """Remove what nobody worked on since; returns how many."""
    free = []
    for pk in sorted(ids):
        since = past[pk].later if pk in past else []
        if since:
            last = since[-1]
            words = {
                "who": last.who,
                "day": date_format(timezone.localtime(last.recorded_at), "j F Y"),
                "what": last.what,
            }
            step.keep(pk, _("The lead"), _("%(who)s worked on it since, on %(day)s: %(what)s.") % words)
        else:
            free.append(pk)
    return removing.remove_many(free, by=step.by, at=step.at, reason=step.reason, import_id=step.import_.pk)


def _restore(step: _Step, leads: Sequence[Lead], past: Mapping[int, Past]) -> int:
    """Put back what was there before, field by field; returns for how many leads at least one field was."""
    undoings = {lead.pk: undoing_of(past[lead.pk]) for lead in leads if lead.pk in past}
    for pk, undoing in undoings.items():
        for what, reason in undoing.kept:
            step.keep(pk, what, reason)
    moves = {pk: undoing.moves for pk, undoing in undoings.items() if undoing.moves}
    removing.unmove_many(moves, by=step.by, at=step.at, reason=step.reason, import_id=step.import_.pk)
    if moves:
        # A deal is open again, or closed: by that next steps are judged.
        now = Lead.objects.in_bulk(moves)
        leads = [now.get(lead.pk, lead) for lead in leads]
    values = {pk: undoing.values for pk, undoing in undoings.items()}
    restored = restoring.restore_many(leads, values, by=step.by, at=step.at, import_id=step.import_.pk)
    for refused in restored.refused:
        step.keep(*refused)
    return len(set(moves) | restored.changed)
