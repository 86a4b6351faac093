"""What imports make known to the floors below: a subject, verbs, jobs, files, default permissions, a filter of leads."""

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from leads.imports.actions import checking, reverting, running
from leads.imports.filters import ImportFilter
from leads.imports.models import Import
from leads.imports.options import KEEP_DAYS
from leads.records import filters
from workspace import subjects, verbs
from workspace.files.kinds import FileKind
from workspace.files.kinds import register as keep
from workspace.jobs import kinds
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
# Each owner and marketer once, however many rows.
_whose_leads_came = recipients.of_batch(
    "hand.person_id",
    "JOIN leads_imports_importedlead i ON i.import_of_id = e.subject_id AND i.act = 'created' "
    "JOIN leads_records_lead l ON l.id = i.lead_id "
    "CROSS JOIN LATERAL (VALUES (l.owner_id), (l.marketer_id)) AS hand (person_id)",
    "hand.person_id IS NOT NULL GROUP BY e.id, hand.person_id",
)
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
        _("A file brings leads that are mine"),
        many=_("{count} files with leads of yours, the last by {who}"),
        hears={"import.done": _whose_leads_came},
        one=_("{who} brought {file} in, with leads of yours"),
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
