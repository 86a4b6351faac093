"""Imports: a file of leads on its way in, what became of each of its rows, and the rows that could not come in."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from leads.records.models import Lead
from workspace.jobs.models import Job
from workspace.people.models import Person


class ImportQuerySet(models.QuerySet["Import"]):
    def visible_to(self, person: Person) -> Self:
        """Whoever may look at imports sees all of them: what came in belongs to both departments."""
        return self if person.has_perm("leads_imports.view_import") else self.none()

    def newest_first(self) -> Self:
        """As the list shows them, with who brought the file and the job's progress."""
        return self.select_related("by", "job").order_by("-created_at", "-pk")

    def continued_by(self, person: Person) -> Self:
        """Those with which `person` may go on, and whose file they may fetch: their own; who administers imports, all."""
        seen = self.visible_to(person)
        return seen if person.has_perm("leads_imports.change_import") else seen.filter(by=person)

    def at_rest_since(self, moment: datetime) -> Self:
        """Those that were done, or begun and left alone, before `moment`; none whose job waits or runs."""
        at_work = Job.objects.filter(pk=OuterRef("job_id"), state__in=[Job.State.WAITING, Job.State.RUNNING])
        return self.filter(~Exists(at_work), Q(done_at__lt=moment) | Q(done_at=None, created_at__lt=moment))


class Import(models.Model):
    """One file of leads, from its upload to its result.

    `mapping` is `leads.imports.mapping.Mapping`, `survey` is `leads.imports.suggesting.Survey`, `preview` what the check found.
    `text` is the file as UTF-8 while a job reads it. The counts grow with the job and are final when it is done. Its files go
    when they were kept long enough; the rest stays.
    """

    class State(models.TextChoices):
        LOOK = "look", _("To be looked at")
        MAP = "map", _("Columns to be chosen")
        CHECKING = "checking", _("Being checked")
        CHECKED = "checked", _("Waits for your go")
        RUNNING = "running", _("Coming in")
        DONE = "done", _("Done")

    # From a state to those it may become. A check or a run that fails is told by its job.
    MOVES = {
        State.LOOK: {State.LOOK, State.MAP},
        State.MAP: {State.LOOK, State.MAP, State.CHECKING},
        State.CHECKING: {State.LOOK, State.MAP, State.CHECKED},
        State.CHECKED: {State.LOOK, State.MAP, State.CHECKING, State.RUNNING},
        State.RUNNING: {State.DONE},
        State.DONE: set(),
    }

    class Mode(models.TextChoices):
        BOTH = "both", _("Create new leads and update known ones")
        CREATE = "create", _("Only create new leads")
        UPDATE = "update", _("Only update known leads")

    class Match(models.TextChoices):
        EMAIL = "email", _("E-mail")
        EXTERNAL_ID = "external_id", _("External id")
        PHONE = "phone", _("Telephone")

    file = models.FileField(_("file"), upload_to="imports/%Y/%m/", max_length=300, blank=True)
    name = models.CharField(_("name of the file"), max_length=200)
    size = models.BigIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="imports")
    created_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State, default=State.LOOK)

    # Of a spreadsheet: the sheet that is read, and all of them as [name, rows or null, hidden].
    sheet = models.CharField(_("sheet"), max_length=255, blank=True)
    sheets = models.JSONField(default=list, blank=True)
    encoding = models.CharField(_("encoding"), max_length=20)
    delimiter = models.CharField(_("delimiter"), max_length=1)
    header_line = models.PositiveIntegerField(_("line of the header"), default=1)
    text = models.FileField(upload_to="imports/%Y/%m/", max_length=300, blank=True)
    survey = models.JSONField(default=dict)
    mapping = models.JSONField(default=dict)

    # When the person chose what the columns began with; None where they began with what is suggested.
    recalled_at = models.DateTimeField(null=True, blank=True)
    # The import whose refused rows these are, mended.
    fixes = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="fixed_by")

    match = models.CharField(_("recognise leads by"), max_length=11, choices=Match, default=Match.EMAIL)
    mode = models.CharField(_("what to do"), max_length=6, choices=Mode, default=Mode.BOTH)
    sort_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who looks after these leads"),
    )
    sort_until = models.DateField(_("sorted until"), null=True, blank=True)

    # Or the new open leads sleep.
    asleep_until = models.DateField(_("asleep until"), null=True, blank=True)
    asleep_reason = models.CharField(_("why they sleep"), max_length=200, blank=True)

    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")
    preview = models.JSONField(default=dict)
    created_count = models.PositiveIntegerField(_("created"), default=0)
    updated_count = models.PositiveIntegerField(_("updated"), default=0)
    unchanged_count = models.PositiveIntegerField(_("left as they are"), default=0)
    refused_count = models.PositiveIntegerField(_("refused"), default=0)
    refused_file = models.FileField(upload_to="imports/%Y/%m/", max_length=300, blank=True)
    done_at = models.DateTimeField(null=True)

    # Taking it back: the job, when it was done, and what became of the leads.
    revert_job = models.ForeignKey(Job, models.SET_NULL, null=True, blank=True, related_name="+")
    reverted_at = models.DateTimeField(null=True, blank=True)
    removed_count = models.PositiveIntegerField(_("removed"), default=0)
    restored_count = models.PositiveIntegerField(_("restored"), default=0)
    kept_count = models.PositiveIntegerField(_("kept"), default=0)

    objects = ImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        constraints = [
            models.CheckConstraint(
                condition=Q(sort_until=None) | Q(sort_by__isnull=False), name="import_to_sort_has_a_person"
            ),
            models.CheckConstraint(
                condition=Q(asleep_until=None, asleep_reason="")
                | (Q(asleep_until__isnull=False, sort_by=None) & ~Q(asleep_reason="")),
                name="import_sleep_is_whole_and_instead_of_sorting",
            ),
            models.CheckConstraint(
                condition=Q(state="done", done_at__isnull=False) | (~Q(state="done") & Q(done_at=None)),
                name="import_end_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("imports:import", args=[self.pk])

    @property
    def is_workbook(self) -> bool:
        """Whether the file is a spreadsheet's own: then `text` is its sheet, and stays until it was brought in."""
        return bool(self.sheets)

    @property
    def rows_done(self) -> int:
        return self.good_count + self.refused_count

    @property
    def good_count(self) -> int:
        """How many rows came in, or said nothing new."""
        return self.created_count + self.updated_count + self.unchanged_count

    @property
    def is_at_work(self) -> bool:
        """Whether its job waits or runs."""
        return self.job is not None and self.job.is_open

    @property
    def ended_early(self) -> bool:
        """Whether its run failed or was stopped; what came in before stays."""
        return self.state == self.State.RUNNING and self.job is not None and not self.job.is_open

    @property
    def is_being_reverted(self) -> bool:
        return self.revert_job is not None and self.revert_job.is_open

    @property
    def is_revertible(self) -> bool:
        """Whether it came in, wholly or until it was stopped, and can be taken back."""
        has_come = self.state == self.State.DONE or self.ended_early
        has_leads = bool(self.created_count + self.updated_count)
        return has_come and has_leads and self.reverted_at is None and not self.is_being_reverted


class ImportedLead(models.Model):
    """A lead that a line of a file made or changed: the answer to "which leads came with it?"."""

    pk = models.CompositePrimaryKey("import_of_id", "line")
    import_of = models.ForeignKey(Import, models.CASCADE, related_name="imported", db_index=False)
    line = models.PositiveIntegerField()
    lead = models.ForeignKey(Lead, models.CASCADE, related_name="imported")
    act = models.CharField(max_length=7, choices=[("created", _("created")), ("updated", _("updated"))])

    def __str__(self) -> str:
        return f"line {self.line} of import {self.import_of_id}: lead {self.lead_id} {self.act}"


class RefusedRow(models.Model):
    """A row that could not come in, until the file of refused rows is written."""

    pk = models.CompositePrimaryKey("import_of_id", "line")
    import_of = models.ForeignKey(Import, models.CASCADE, related_name="refused_rows", db_index=False)
    line = models.PositiveIntegerField()
    reason = models.TextField()
    cells = models.JSONField()

    def __str__(self) -> str:
        return f"line {self.line} of import {self.import_of_id}: {self.reason}"


class NotReverted(models.Model):
    """Something of a lead that stayed when its import was taken back, and why: mostly that somebody worked on it since."""

    import_of = models.ForeignKey(Import, models.CASCADE, related_name="not_reverted")
    lead = models.ForeignKey(Lead, models.CASCADE, related_name="+")
    what = models.CharField(max_length=200)
    reason = models.TextField()

    def __str__(self) -> str:
        return f"{self.what} of lead {self.lead_id}: {self.reason}"


class RememberedMapping(models.Model):
    """What somebody chose for the columns of a file last, by the names of the columns: see `leads.imports.remembering`."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    fingerprint = models.CharField(max_length=64)
    choices = models.JSONField()
    chosen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "fingerprint"], name="one_remembered_mapping_a_person_and_header"
            ),
        ]

    def __str__(self) -> str:
        return f"mapping of {self.person_id} on {self.chosen_at:%Y-%m-%d}"
