"""Lead files that come in meanwhile: each row is to become exactly one lead."""

import io
from collections import Counter
from dataclasses import dataclass, field

from django.core.files import File
from django.db.models import F, Sum
from django.utils import timezone

from leads.imports import actions
from leads.imports.actions.preparing import Agreed
from leads.imports.mapping import Mapping
from leads.imports.models import Import, ImportedLead
from leads.records.models import Deal, Lead
from tests.faults.place import Place
from workspace.jobs.actions import LEASE
from workspace.jobs.models import Job
from workspace.journal.models import JournalEntry


@dataclass
class Files:
    """Files of `rows` rows, whose external ids begin with `prefix`."""

    place: Place
    prefix: str
    rows: int
    brought: list[int] = field(default_factory=list)

    def bring(self) -> Import:
        """The next file, ready to be started."""
        first = len(self.brought) * self.rows
        lines = (f"{self.prefix}-{n:07d},Lead {n},Company {n // 20} GmbH,{n}" for n in range(first, first + self.rows))
        content = "\n".join(["Lead ID,Last name,Company,Amount", *lines]).encode()
        name, by, now = f"{self.prefix}-{len(self.brought)}.csv", self.place.mara, timezone.now()
        import_ = actions.upload(File(io.BytesIO(content), name), name=name, by=by, at=now)
        agreed = Agreed(Mapping.from_json(import_.mapping), "external_id", "both")
        import_ = actions.agree(import_, agreed, by=by, at=now)
        Import.objects.filter(pk=import_.pk).update(state=Import.State.CHECKED)  # as the command does
        self.brought.append(import_.pk)
        return import_

    def start(self) -> Import:
        """Bring the next file and let its rows come in."""
        return actions.start_run(self.bring(), by=self.place.mara, at=timezone.now())

    def jobs(self) -> list[Job]:
        return list(Job.objects.filter(pk__in=Import.objects.filter(pk__in=self.brought).values("job")).order_by("pk"))

    def are_in(self) -> bool:
        """Whether all of them have been worked through."""
        jobs = self.jobs()
        return len(jobs) == len(self.brought) and not any(job.is_open for job in jobs)

    def taken_up(self) -> int:
        """How many were cut off in the midst, and went on when the lease of the dead worker had run out."""
        ended = Job.objects.filter(pk__in=[job.pk for job in self.jobs()], finished_at__isnull=False)
        return ended.filter(finished_at__gt=F("started_at") + LEASE).count()

    def compare(self) -> tuple[int, int, int]:
        """How many rows there were, how many leads are missing, and how many leads, deals or entries are there twice."""
        rows = len(self.brought) * self.rows
        leads = Lead.objects.filter(external_id__startswith=f"{self.prefix}-")
        ids = leads.values("pk")
        entries = JournalEntry.objects.filter(verb="lead.imported", subject_kind="lead", subject_id__in=ids)
        there = (
            leads.values("external_id").distinct().count(),
            Deal.objects.filter(lead__in=ids).values("lead").distinct().count(),
            entries.values("subject_id").distinct().count(),
            ImportedLead.objects.filter(import_of__in=self.brought).values("line", "import_of").distinct().count(),
        )
        records = (
            leads.count(),
            Deal.objects.filter(lead__in=ids).count(),
            entries.count(),
            ImportedLead.objects.filter(import_of__in=self.brought).count(),
        )
        told = Import.objects.filter(pk__in=self.brought).aggregate(rows=Sum("created_count"))["rows"]
        failed = Counter(job.state for job in self.jobs())
        lost = max(rows - min(*there, told), rows * (failed[Job.State.DONE] != len(self.brought)))
        return rows, lost, max(0, *(found - rows for found in records), told - rows)
