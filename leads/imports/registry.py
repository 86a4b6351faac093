"""What imports make known to the floors below: a subject, verbs, jobs, default permissions, a filter of leads."""

from django.utils.translation import gettext_lazy as _

from leads.imports.actions import checking, running
from leads.imports.filters import ImportFilter
from leads.imports.models import Import
from leads.records import filters
from workspace import subjects, verbs
from workspace.jobs import kinds
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
)
kinds.register(kinds.JobKind(running.KIND, running.steps))
kinds.register(kinds.JobKind(checking.KIND, checking.steps))
filters.register(
    "import", ImportFilter(_("Import"), help_text=_("By id, and what it did: 12, 12-created or 12-updated."))
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
