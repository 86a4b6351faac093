"""What imports make known to the floors below: a subject, verbs, jobs, files, default permissions, a filter of leads."""

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from leads.imports.actions import checking, reverting, running
from leads.imports.filters import ImportFilter
from leads.imports.models import Import, ImportedLead, NotReverted
from leads.imports.options import KEEP_DAYS
from leads.records import filters, merging
from workspace import subjects, verbs
from workspace.files.kinds import FileKind
from workspace.files.kinds import register as keep
from workspace.jobs import kinds
from workspace.journal.models import JournalEntry
from workspace.notices import recipients, telling
from workspace.notices.kinds import NoticeKind
from workspace.pages import navigation
from workspace.people import roles
from workspace.subjects import Subject
from workspace.verbs import Verb

subjects.register(
    Subject(
        kind="import",
        model=Import,
        label=_("import"),
        url=Import.get_absolute_url,
        title=str,
        visible_to=Import.objects.visible_to,
    )
)
merging.moved(ImportedLead, "lead")
merging.moved(NotReverted, "lead")
verbs.register(
    Verb("import.started", _("Import started"), _("began to bring {file} in"), "upload"),
    Verb(
        "import.done",
        _("Import done"),
        _("brought {file} in: {created} created, {updated} updated, {unchanged} left, {refused} refused"),
        "upload",
    ),
    Verb("import.revert_started", _("Taking back begun"), _("began to take {file} back"), "undo-2"),
    Verb(
        "import.reverted",
        _("Import taken back"),
        _("took {file} back: {removed} removed, {restored} restored, {kept} kept"),
        "undo-2",
    ),
)
kinds.register(kinds.JobKind(running.KIND, running.steps))
kinds.register(kinds.JobKind(checking.KIND, checking.steps))
kinds.register(kinds.JobKind(reverting.KIND, reverting.steps))

# A text is made anew when it is needed; one that a failed job left behind is of no use for long.
TEXT_DAYS = 7
FOLDER = "imports"


def _kept_long_enough(now: datetime) -> QuerySet[Import]:
    return Import.objects.at_rest_since(now - timedelta(days=KEEP_DAYS.get()))


def _left_behind(now: datetime) -> QuerySet[Import]:
    return Import.objects.at_rest_since(now - timedelta(days=TEXT_DAYS))


keep(
    FileKind(
        "import", Import, "file", FOLDER, _kept_long_enough, visible_to=Import.objects.continued_by,
    ),
    FileKind(
        "refused-rows", Import, "refused_file", FOLDER, _kept_long_enough, visible_to=Import.objects.visible_to,
        name=lambda import_: f"refused-{import_.pk}.csv", media_type="text/csv",
    ),
    FileKind("import-text", Import, "text", FOLDER, _left_behind),
)  # fmt: skip
filters.register(
    "import", ImportFilter(_("Import"), help_text=_("By id, and what it did: 12, 12-created or 12-updated."))
)
# Whom the end of a run counts leads of, each once, however many rows; see `leads.imports.hands`.
_whose = recipients.of_batch(
    "whose.person::bigint", "CROSS JOIN LATERAL jsonb_object_keys(e.facts -> 'hands') AS whose (person)"
)


def _theirs(entry: JournalEntry, reader: int) -> dict[str, str]:
    """What became of the reader's leads, counted, for a sentence."""
    counts = entry.facts.get("hands", {}).get(str(reader), {})
    given, taken, gone = (counts.get(what, 0) for what in ("given", "taken", "gone"))
    parts = {
        ngettext("%d lead is yours now", "%d leads are yours now", given) % given: given,
        ngettext("%d of yours is somebody else’s", "%d of yours are somebody else’s", taken) % taken: taken,
        ngettext("%d of yours is gone", "%d of yours are gone", gone) % gone: gone,
    }
    return {"theirs": ", ".join(words for words, count in parts.items() if count)}


telling.register(
    NoticeKind(
        "import_done",
        _("A file that I brought in is done"),
        many=_("{count} runs have ended"),
        hears={"import.done": recipients.actor},
        one=_("{file} is in: {created} created, {updated} updated, {refused} refused"),
        tells_own_acts=True,
        tells_imports=True,
    ),
    NoticeKind(
        "leads_brought",
        _("A file brings me leads, or gives mine to somebody else"),
        many=_("{who} brought it in and took it back, with leads of yours"),
        hears={"import.done": _whose, "import.reverted": _whose},
        one={
            "import.done": _("{who} brought {file} in: {theirs}"),
            "import.reverted": _("{who} took {file} back: {theirs}"),
        },
        facts=_theirs,
        tells_imports=True,
    ),
)
navigation.register(
    navigation.Place(
        "imports",
        _("Imports"),
        "upload",
        "imports:index",
        90,
        may=navigation.permitted("leads_imports.view_import"),
        in_more=True,
    )
)

roles.grant(["leads_imports.view_import", "leads_imports.add_import"], roles.WORKING)
roles.grant(["leads_imports.change_import"], [roles.Role.REVENUE_LEAD, roles.Role.ADMINISTRATOR])
