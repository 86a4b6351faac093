"""What the pages of an import show: its steps, its numbers, how far it is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from leads.imports import policies
from leads.imports.actions.reverting import Preview, preview
from leads.imports.models import Import, NotReverted
from leads.imports.options import KEEP_DAYS
from leads.imports.refusals import csv_line
from leads.records.actions.intake import Act
from workspace.jobs.models import Job
from workspace.pages import wording
from workspace.people.models import Person

STEPS: dict[str, str | Promise] = {
    "look": gettext_lazy("Look"),
    "map": gettext_lazy("Columns"),
    "check": gettext_lazy("Check"),
    "run": gettext_lazy("Result"),
}
_STEP_OF = {
    Import.State.LOOK: "look",
    Import.State.MAP: "map",
    Import.State.CHECKING: "check",
    Import.State.CHECKED: "check",
    Import.State.RUNNING: "run",
    Import.State.DONE: "run",
}
_MINUTE = 60
ACT_LABELS: dict[str, str | Promise] = {
    Act.CREATED: gettext_lazy("created"),
    Act.UPDATED: gettext_lazy("updated"),
    Act.UNCHANGED: gettext_lazy("left as they are"),
    Act.REFUSED: gettext_lazy("refused"),
}


@dataclass(frozen=True)
class Step:
    """One step of the way; those that are behind, and the present one, can be gone to."""

    key: str
    label: str
    url: str
    is_current: bool
    is_open: bool


@dataclass(frozen=True)
class Number:
    """A count with the list behind it, where there is one."""

    label: str
    count: int
    url: str = ""


def step_of(import_: Import) -> str:
    """The step at which the import stands."""
    return _STEP_OF[Import.State(import_.state)]


class _Working:
    """Something of an import that a job does: how far it is, and where one asks and stops it."""

    import_: Import
    job: Job | None
    progress_url: str
    stop_url: str
    _now: datetime

    @property
    def percent(self) -> int:
        return (self.job.percent or 0) if self.job else 0

    @property
    def progress_text(self) -> str:
        if self.job is None or self.job.state == Job.State.WAITING:
            return _("waits for a worker")
        return self._done_text() or f"{self.percent} %"

    def _done_text(self) -> str:
        return ""

    @property
    def remaining(self) -> str:
        left = self.job.seconds_left(self._now) if self.job else None
        if left is None:
            return ""
        # Nobody would say “about under a minute”.
        words = _("about %s left") if left >= _MINUTE else _("%s left")
        return words % wording.duration(left)

    @property
    def was_stopped(self) -> bool:
        return self.job is not None and self.job.state == Job.State.CANCELLED


class ImportView(_Working):
    """One import on one of its pages."""

    def __init__(self, import_: Import, person: Person, step: str, now: datetime) -> None:
        self.import_, self.step, self._now = import_, step, now
        self.has_file = bool(import_.file)
        self.is_its_bringer = policies.may_continue(person, import_)
        self.may_continue = self.has_file and self.is_its_bringer
        self.job = import_.job
        self.progress_url = reverse("imports:progress", args=[import_.pk])
        self.stop_url = reverse("imports:stop", args=[import_.pk])

    @property
    def may_revert(self) -> bool:
        return self.is_its_bringer and (self.import_.is_revertible or self.import_.is_being_reverted)

    def steps(self) -> list[Step]:
        keys = list(STEPS)
        reached = keys.index(step_of(self.import_))
        is_over = self.import_.state in (Import.State.RUNNING, Import.State.DONE)
        return [
            Step(
                key,
                str(label),
                reverse(f"imports:{key}", args=[self.import_.pk]),
                key == self.step,
                place == reached or (place < reached and not is_over),
            )
            for place, (key, label) in enumerate(STEPS.items())
        ]

    @property
    def origin(self) -> str:
        """Where the meanings of the columns come from, unless they are suggested."""
        if self.import_.fixes is not None:
            return _("These are rows that were refused from %s: they are read as that file was.") % self.import_.fixes
        if self.import_.recalled_at is not None:
            day = date_format(timezone.localtime(self.import_.recalled_at), "j F Y")
            return _("The columns mean what you chose for them on %s.") % day
        return ""

    def fixes(self) -> list[Import]:
        """The files in which refused rows came back mended, the first one first. Costs a query."""
        return list(self.import_.fixed_by.filter(state=Import.State.DONE).order_by("created_at", "pk"))

    @property
    def kept_until(self) -> datetime:
        """Until when the file is kept. Costs a query."""
        return (self.import_.done_at or self.import_.created_at) + timedelta(days=KEEP_DAYS.get())

    @property
    def is_at_work(self) -> bool:
        return self.import_.is_at_work

    @property
    def has_failed(self) -> bool:
        """Whether the check or the run came to an early end."""
        is_waiting = self.import_.state in (Import.State.CHECKING, Import.State.RUNNING)
        return is_waiting and self.job is not None and not self.job.is_open

    def _done_text(self) -> str:
        done = self.import_.rows_done
        return _("%s rows so far") % wording.counted(done) if done else ""

    def numbers(self) -> list[Number]:
        """What became of the rows: from the run, or as the check foretells."""
        counts = {act.value: getattr(self.import_, f"{act}_count") for act in Act}
        if self.step == "check":
            counts = self.import_.preview.get("counts", counts)
        return [Number(str(label), counts[act], self._list_url(act, counts[act])) for act, label in ACT_LABELS.items()]

    def _list_url(self, act: str, count: int) -> str:
        if self.step != "run" or not count:
            return ""
        if act == Act.REFUSED:
            return reverse("imports:refused", args=[self.import_.pk])
        return (
            f"{reverse('records:leads')}?tab=all&import={self.import_.pk}-{act}"
            if act in (Act.CREATED, Act.UPDATED)
            else ""
        )

    @property
    def leads_url(self) -> str:
        touched = self.import_.created_count + self.import_.updated_count
        return f"{reverse('records:leads')}?tab=all&import={self.import_.pk}" if touched else ""

    def reasons(self) -> Mapping[str, int]:
        """How many rows were refused at which field, by the check; the most first."""
        reasons: dict[str, int] = self.import_.preview.get("reasons", {})
        return dict(sorted(reasons.items(), key=lambda pair: -pair[1]))

    def preview_rows(self) -> list[dict[str, Any]]:
        """The first rows of the check, with what they would do in words."""
        words = {
            Act.CREATED: _("makes a lead"),
            Act.UPDATED: _("changes a lead"),
            Act.UNCHANGED: _("changes nothing"),
            Act.REFUSED: _("is refused"),
        }
        return [
            {**row, "words": words[Act(row["act"])], "is_refused": row["act"] == Act.REFUSED}
            for row in self.import_.preview.get("rows", [])
        ]

    @property
    def has_rows(self) -> bool:
        """Whether there is any row below the header, as far as the file was checked or brought in."""
        return any(number.count for number in self.numbers())

    def title(self) -> str:
        """The finding in a sentence."""
        counts = {number.label: number.count for number in self.numbers()}
        created, updated, unchanged, refused = counts.values()
        total = created + updated + unchanged + refused
        if not total:
            return _("The file has no rows below its header.")
        if total == 1:
            return self._title_of_one(is_refused=bool(refused))
        if self.step == "check":
            words = ngettext(
                "Of %(total)s rows, %(good)s would come in and %(refused)s would be refused.",
                "Of %(total)s rows, %(good)s would come in and %(refused)s would be refused.",
                refused,
            )
        else:
            words = ngettext(
                "Of %(total)s rows, %(good)s came in and %(refused)s was refused.",
                "Of %(total)s rows, %(good)s came in and %(refused)s were refused.",
                refused,
            )
        numbers = {"total": total, "good": total - refused, "refused": refused}
        return words % {name: wording.counted(number) for name, number in numbers.items()}

    def _title_of_one(self, *, is_refused: bool) -> str:
        if self.step == "check":
            return _("The only row would be refused.") if is_refused else _("The only row would come in.")
        return _("The only row was refused.") if is_refused else _("The only row came in.")


class RevertView(_Working):
    """Taking an import back: before, meanwhile and afterwards."""

    SHOWN = 200

    def __init__(self, import_: Import, person: Person, now: datetime) -> None:
        self.import_, self._now = import_, now
        self.may_continue = policies.may_continue(person, import_)
        self.job = import_.revert_job
        self.progress_url = reverse("imports:revert_progress", args=[import_.pk])
        self.stop_url = reverse("imports:stop_revert", args=[import_.pk])

    @property
    def is_at_work(self) -> bool:
        return self.import_.is_being_reverted

    @property
    def is_shown(self) -> bool:
        """Whether there is anything to be shown: it can be taken back, is being, or was."""
        return self.import_.is_revertible or self.is_at_work or self.import_.reverted_at is not None

    @property
    def has_ended_early(self) -> bool:
        return self.job is not None and not self.job.is_open and self.import_.reverted_at is None

    def _done_text(self) -> str:
        done = self.job.done if self.job else 0
        return ngettext("%s lead so far", "%s leads so far", done) % wording.counted(done) if done else ""

    @cached_property
    def preview(self) -> Preview:
        return preview(self.import_)

    def title(self) -> str:
        """What would happen, or what happened, in a sentence."""
        if self.import_.reverted_at is None:
            removed, restored = self.preview.removed, self.preview.restored + self.preview.partly
            parts = [
                ngettext("%s lead would be removed", "%s leads would be removed", removed),
                ngettext(
                    "%s would say again what it said before", "%s would say again what they said before", restored
                ),
            ]
        else:
            removed, restored = self.import_.removed_count, self.import_.restored_count
            parts = [
                ngettext("%s lead was removed", "%s leads were removed", removed),
                ngettext("%s says again what it said before", "%s say again what they said before", restored),
            ]
        told = [words % wording.counted(n) for words, n in zip(parts, (removed, restored), strict=True) if n]
        return f"{', '.join(told)}." if told else _("Everything stays as it is.")

    def numbers(self) -> list[Number]:
        if self.import_.reverted_at is None:
            return [
                Number(_("to be removed"), self.preview.removed),
                Number(_("to be restored"), self.preview.restored),
                Number(_("restored but for what was changed since"), self.preview.partly),
                Number(_("kept: somebody worked on them since"), self.preview.kept),
            ]
        return [
            Number(_("removed"), self.import_.removed_count),
            Number(_("restored"), self.import_.restored_count),
            Number(_("kept, wholly or in part"), self.import_.kept_count),
        ]

    @cached_property
    def kept(self) -> list[NotReverted]:
        """The first of what stayed. Costs a query."""
        rows = self.import_.not_reverted.select_related("lead").order_by("lead_id", "pk")
        return list(rows[: self.SHOWN])


def kept_lines(import_: Import) -> Iterator[str]:
    """The lines of the file of what stayed when the import was taken back."""
    yield "\ufeff" + csv_line([_("Lead"), _("Name"), _("What stayed"), _("Why")], ",")
    rows = import_.not_reverted.select_related("lead").order_by("lead_id", "pk")
    for row in rows.iterator(chunk_size=1_000):
        yield csv_line([str(row.lead_id), str(row.lead), row.what, row.reason], ",")
