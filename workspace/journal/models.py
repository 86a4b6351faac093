"""Journal entries: who did what to which subject, when and by which way."""

from typing import Final, Self

from django.conf import settings
from django.db import models
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from workspace import subjects, verbs

# Of an entry `e` in SQL: what the demo tells of its past, as against what people do in it while they look around.
IS_STORY: Final = "e.is_demo AND e.at < e.recorded_at - interval '1 minute'"


class Way(models.TextChoices):
    """By which door it came in."""

    WEB = "web", _("on a page")
    API = "api", _("by the API")
    ADMIN = "admin", _("in the administration")
    IMPORT = "import", _("by an import")
    WORKER = "worker", _("by the workspace itself")


class JournalQuerySet(models.QuerySet["JournalEntry"]):
    def on_thread(self, kind: str, pk: int) -> Self:
        """What shows on one record's timeline, under every id it was known by; newest first."""
        known = self.filter(thread_kind=kind, thread_id__in=subjects.aliases(kind, pk))
        return known.select_related("actor").order_by("-at", "-pk")

    def of_groups(self, groups: list[str]) -> Self:
        return self.filter(verb__in=verbs.of_groups(groups))


class JournalEntry(models.Model):
    """One thing that happened. Rows are added, never changed: a trigger refuses UPDATE and DELETE.

    `at` is when it happened, `recorded_at` when it was written (an import brings years-old events). `subject` is what it is
    about, `thread` on whose timeline it shows. What identifies a person stands in `personal`, apart from `facts`, so that
    erasure can remove it. The table is partitioned by month of `recorded_at`; nothing refers to it by a foreign key.
    """

    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=models.functions.Now())
    batch_id = models.UUIDField(null=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    way = models.CharField(max_length=6, choices=Way)
    verb = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    thread_kind = models.CharField(max_length=40)
    thread_id = models.BigIntegerField()
    facts = models.JSONField(default=dict)
    personal = models.JSONField(default=dict)
    is_demo = models.BooleanField(default=False)

    objects = JournalQuerySet.as_manager()

    class Meta:
        db_table = "workspace_journal_entry"
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal")
        indexes = [
            models.Index(fields=["thread_kind", "thread_id", "-at", "-id"], name="journal_by_thread"),
            models.Index(fields=["verb", "at"], name="journal_by_verb"),
            models.Index(fields=["batch_id"], name="journal_by_batch", condition=models.Q(batch_id__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_kind} {self.subject_id}"

    @property
    def definition(self) -> verbs.Verb:
        return verbs.get(self.verb)

    @property
    def line(self) -> str | SafeString:
        """The sentence of the timeline, without the actor's name; a fact that is missing leaves a dash."""
        return self.told(str(self.definition.line))

    def told(self, line: str, /, **more: object) -> str:
        """`line` with the entry's facts, and `more`, in its places; what is missing or erased leaves a dash."""
        return line.format_map(_Facts({**self.facts, **self.personal, **more}))


class _Facts(dict[str, object]):
    """Facts by name for a line; a missing, erased or empty one reads as a dash."""

    def __missing__(self, key: str) -> str:
        return "–"

    def __getitem__(self, key: str) -> object:
        value = super().__getitem__(key) if key in self else None
        return "–" if value in (None, "") else value
