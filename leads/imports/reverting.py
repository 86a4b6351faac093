"""What an import did to leads and what happened to them since, as the journal tells it, and what it takes to undo it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from leads.imports.models import Import
from leads.records.actions import steps
from leads.records.fields import FIELDS, Kind
from leads.records.models.folding import lower
from workspace.journal.models import JournalEntry, JournalQuerySet

CUSTOM = "custom."
STEP = ("next_step", "next_step_at")
EDITS = ("lead.edited", "lead.assigned")
# What else than an edit changes fields, and which.
CHANGED_BY = {
    "lead.next_step_set": {"next_step", "next_step_at"},
    "lead.next_step_done": {"next_step", "next_step_at"},
    "lead.deal_opened": {"stage", "value", "currency", "offering"},
    "lead.moved": {"stage"},
}
# What counts as work on a lead also where the workspace did it by itself; of its own notes nobody asks.
CHANGING = (*EDITS, *CHANGED_BY)
# Of one deal's worth: who changed one of them changed what the other means.
TOGETHER = {"value": "currency", "currency": "value", "next_step": "next_step_at", "next_step_at": "next_step",
            "asleep_until": "asleep_reason", "asleep_reason": "asleep_until"}  # fmt: skip


@dataclass
class Past:
    """What is known of a lead: what the import did, what others did after it, in order, and the next step that it let go."""

    own: list[JournalEntry] = field(default_factory=list)
    later: list["Later"] = field(default_factory=list)
    step: tuple[str, datetime] | None = None


@dataclass(frozen=True)
class Later:
    """Something that somebody did after the import, and the fields that it changed."""

    who: str
    what: str
    recorded_at: datetime
    fields: frozenset[str]


@dataclass
class Undoing:
    """How to undo what the import did to a lead: values to set, moves to take back, and what stays, with the reason."""

    values: dict[str, Any] = field(default_factory=dict)
    moves: int = 0
    kept: list[tuple[str, str]] = field(default_factory=list)


def pasts(import_: Import, ids: Sequence[int]) -> dict[int, Past]:
    """The pasts of leads, by id. Three queries; of what lies before the import nothing is read.

    What another import did that was taken back itself, and its taking back, is no work on a lead.
    """
    undone = set(Import.objects.filter(reverted_at__isnull=False).values_list("pk", flat=True))
    rows = JournalEntry.objects.filter(thread_kind="lead", thread_id__in=ids, recorded_at__gte=import_.created_at)
    found: dict[int, Past] = defaultdict(Past)
    written: set[tuple[int, str]] = set()
    transaction_of = RawSQL("workspace_journal_entry.xid::text", ())
    told: JournalQuerySet = rows.select_related("actor").annotate(written_in=transaction_of)
    entry: Any  # with what it was annotated by
    for entry in told.order_by("recorded_at", "pk"):
        past, together = found[entry.thread_id], (entry.thread_id, entry.written_in)
        if entry.facts.get("import") == import_.pk:
            past.own.append(entry)
            written.add(together)
        elif past.own and together not in written and _is_work(entry) and entry.facts.get("import") not in undone:
            past.later.append(Later(_who(entry), str(entry.definition.label), entry.recorded_at, _fields(entry)))
    moved = [pk for pk, past in found.items() if any(entry.verb == "lead.moved" for entry in past.own)]
    for pk, step in steps.let_go(moved, at=_stored_at(import_)).items():
        found[pk].step = step
    return dict(found)


def _stored_at(import_: Import) -> datetime:
    """The moment under which its run stored everything, but for days that the file told; a killed run kept it."""
    told = import_.job.cursor.get("at") if import_.job else None
    return datetime.fromisoformat(told) if told else import_.created_at


def _is_work(entry: JournalEntry) -> bool:
    return entry.actor_id is not None or entry.verb in CHANGING


def _who(entry: JournalEntry) -> str:
    return str(entry.actor) if entry.actor else _("The workspace")


def _fields(entry: JournalEntry) -> frozenset[str]:
    changed = {change["field"] for change in _changes(entry)} | CHANGED_BY.get(entry.verb, set())
    return frozenset(changed)


def _changes(entry: JournalEntry) -> list[dict[str, Any]]:
    changes: list[dict[str, Any]] = entry.personal.get("changes") or entry.facts.get("changes") or []
    return changes if entry.verb in EDITS else []


def undoing_of(past: Past) -> Undoing:
    """What it takes to make a lead what it was; see `leads.records.actions.restoring` for how its values are said."""
    undoing = Undoing()
    later = {key: one for one in past.later for key in one.fields}
    for change in _fields_changed(past.own):
        by = later.get(change.key) or later.get(TOGETHER.get(change.key, ""))
        if by is not None:
            undoing.kept.append((change.label, _since(by)))
        else:
            _undo(undoing, change)
    moves = [entry for entry in past.own if entry.verb == "lead.moved"]
    if moves and "stage" in later:
        undoing.kept.append((str(FIELDS["stage"].label), _since(later["stage"])))
    else:
        undoing.moves = len(moves)
    _undo_letting_go(undoing, past, later)
    return undoing


def _undo_letting_go(undoing: Undoing, past: Past, later: Mapping[str, Later]) -> None:
    """Give the lead its next step again, which went when its deal was closed; of that the journal tells nothing by itself."""
    if past.step is None:
        return
    by = later.get("next_step") or later.get("stage")
    if by is None:
        undoing.values = dict(zip(STEP, past.step, strict=True)) | undoing.values
    elif not any(what == FIELDS["next_step"].label for what, _reason in undoing.kept):
        undoing.kept.append((str(FIELDS["next_step"].label), _since(by)))


def _since(later: Later) -> str:
    day = date_format(timezone.localtime(later.recorded_at), "j F Y")
    return _("%(who)s changed it since, on %(day)s.") % {"who": later.who, "day": day}


class _Change(NamedTuple):
    """A field with its value before the import first changed it, and the values that it set."""

    key: str
    label: str
    old: Any
    old_id: int | None
    news: list[Any]


def _fields_changed(own: Iterable[JournalEntry]) -> list[_Change]:
    found: dict[str, _Change] = {}
    for told in (change for entry in own for change in _changes(entry)):
        change = found.setdefault(
            told["field"], _Change(told["field"], told["label"], told["old"], told.get("old_id"), [])
        )
        change.news.append(told["new"])
    return list(found.values())


def _undo(undoing: Undoing, change: _Change) -> None:
    key, old = change.key, change.old
    if key.startswith(CUSTOM):
        undoing.values.setdefault("custom", {})[key.removeprefix(CUSTOM)] = old
    elif key == "consent":
        ways = {way for new in change.news for way in new} | set(old or {})
        undoing.values["consent"] = {way: (old or {}).get(way) for way in ways}
    elif FIELDS[key].kind is Kind.REFERENCES:
        added = {lower(name) for new in change.news for name in new}
        undoing.values[key] = added - {lower(name) for name in change.old or ()}
    elif FIELDS[key].refers_to == "person":
        undoing.values[key] = (change.old_id, old) if old else None
    else:
        undoing.values[key] = old
