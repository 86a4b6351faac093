"""What options make known: who may change them, and the journal's words for it."""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from workspace import subjects, verbs
from workspace.options.models import StoredOption
from workspace.people import roles
from workspace.people.models import Person
from workspace.verbs import Verb

_MAY = "workspace_options.change_storedoption"


def _visible_to(person: Person) -> QuerySet[StoredOption]:
    return StoredOption.objects.all() if person.has_perm(_MAY) else StoredOption.objects.none()


subjects.register(
    subjects.Subject(
        kind="option",
        model=StoredOption,
        label=_("option"),
        url=lambda option: reverse("admin:workspace_options_storedoption_change", args=[option.pk]),
        title=str,
        visible_to=_visible_to,
    )
)
verbs.register(Verb("option.changed", _("Option changed"), _("set “{option}” to {value}"), "settings-2"))

roles.grant(["workspace_options.view_storedoption", _MAY], [roles.Role.ADMINISTRATOR, roles.Role.REVENUE_LEAD])
