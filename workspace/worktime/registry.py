"""What working time makes known: subjects, the journal's words, the workspace's first calendar, its place, who keeps it."""

from typing import Any

from django.db.models.signals import post_migrate
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from workspace import subjects, verbs
from workspace.pages import navigation
from workspace.people import roles
from workspace.subjects import Subject
from workspace.verbs import Verb
from workspace.worktime.models import Absence, Calendar

subjects.register(
    Subject(
        kind="calendar",
        model=Calendar,
        label=_("calendar"),
        url=lambda calendar: reverse("worktime:calendar", args=[calendar.pk]),
        title=str,
        visible_to=Calendar.objects.visible_to,
    )
)
subjects.register(
    Subject(
        kind="absence",
        model=Absence,
        label=_("absence"),
        url=lambda _absence: reverse("worktime:overview") + "#absences",
        title=str,
        visible_to=Absence.objects.visible_to,
    )
)

verbs.register(
    Verb("calendar.made", _("Calendar made"), _("gave it a calendar of its own"), "calendar-plus"),
    Verb("calendar.changed", _("Calendar changed"), _("changed {what}"), "calendar-cog"),
    Verb("calendar.dropped", _("Calendar dropped"), _("let the wider calendar hold again"), "calendar-minus"),
    Verb(
        "calendar.days_set", _("Special days set"), _("set special days: {name}, {first} to {last}"), "calendar-range"
    ),
    Verb(
        "calendar.days_removed",
        _("Special days removed"),
        _("took the special days {name}, {first} to {last}, back"),
        "calendar-x",
    ),
    Verb(
        "absence.set",
        _("Absence set"),
        _("noted that {name} is away from {first} to {last}"),
        "plane",
        personal=("name",),
    ),
    Verb(
        "absence.removed",
        _("Absence removed"),
        _("took the absence of {name} back"),
        "plane-landing",
        personal=("name",),
    ),
)

roles.grant(
    [f"workspace_worktime.{act}_{model}" for act in ("view", "change") for model in ("calendar", "absence")],
    [roles.Role.ADMINISTRATOR, roles.Role.REVENUE_LEAD],
)
roles.grant(
    ["workspace_worktime.add_absence", "workspace_worktime.delete_absence", "workspace_worktime.delete_calendar"],
    [roles.Role.ADMINISTRATOR],
)
roles.grant(
    [f"workspace_worktime.{act}_specialdays" for act in ("view", "add", "change", "delete")], [roles.Role.ADMINISTRATOR]
)

navigation.register(navigation.Place("worktime", _("Working time"), "clock", "worktime:overview", 805, in_more=True))


def _begin(app_config: Any, **_signal: Any) -> None:
    """The workspace works Monday to Friday from nine to six, until somebody says otherwise."""
    if app_config.name == "workspace.worktime":
        Calendar.objects.get_or_create(department=None, person=None)


post_migrate.connect(_begin, dispatch_uid="workspace.worktime.first_calendar")
