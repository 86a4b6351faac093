"""What is known of people: subjects, the journal's words, the colleagues' place in the navigation."""

from collections.abc import Iterable

from django.contrib.auth.models import Group
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from workspace import subjects, verbs
from workspace.pages import navigation
from workspace.people.models import Department, Invitation, Person
from workspace.subjects import Hit, Subject
from workspace.verbs import Verb


def _search(person: Person, text: str, limit: int) -> Iterable[Hit]:
    found = Person.objects.visible_to(person).active().filter(Q(name__icontains=text) | Q(email__icontains=text))
    for colleague in found.order_by("name", "pk")[:limit]:
        yield Hit("person", str(colleague), colleague.job_title or colleague.email, _url(colleague))


def _url(person: Person) -> str:
    return reverse("people:directory") + f"#person-{person.pk}"


def _may_administer(person: Person) -> bool:
    return person.has_perm("workspace_people.change_person")


subjects.register(
    Subject(
        kind="person",
        model=Person,
        label=_("colleague"),
        url=_url,
        title=str,
        visible_to=Person.objects.visible_to,
        search=_search,
    )
)
subjects.register(
    Subject(
        kind="invitation",
        model=Invitation,
        label=_("invitation"),
        url=lambda invitation: reverse("admin:workspace_people_invitation_change", args=[invitation.pk]),
        title=str,
        visible_to=lambda person: Invitation.objects.all() if _may_administer(person) else Invitation.objects.none(),
    )
)
subjects.register(
    Subject(
        kind="department",
        model=Department,
        label=_("department"),
        url=lambda department: reverse("people:directory") + f"#department-{department.key}",
        title=str,
        visible_to=lambda _person: Department.objects.all(),
    )
)
subjects.register(
    Subject(
        kind="role",
        model=Group,
        label=_("role"),
        url=lambda role: reverse("admin:auth_group_change", args=[role.pk]),
        title=str,
        visible_to=lambda person: Group.objects.all() if _may_administer(person) else Group.objects.none(),
    )
)

verbs.register(
    Verb("person.invited", _("Colleague invited"), _("invited {email} as {role}"), "mail-plus", personal=("email",)),
    Verb(
        "person.uninvited",
        _("Invitation withdrawn"),
        _("took the invitation of {email} back"),
        "mail-x",
        personal=("email",),
    ),
    Verb("person.joined", _("Colleague joined"), _("came in as {role}"), "user-plus"),
    Verb("person.changed", _("Colleague changed"), _("changed {what}"), "user-pen"),
    Verb("person.moved", _("Departments set"), _("set the departments: {departments}"), "users"),
    Verb("person.role_set", _("Role set"), _("gave the role {role}"), "user-cog"),
    Verb("person.deactivated", _("Colleague left"), _("let them go"), "user-minus"),
    Verb("person.reactivated", _("Colleague back"), _("let them in again"), "user-check"),
    Verb("department.renamed", _("Department renamed"), _("called it {name}"), "pencil"),
    Verb("role.changed", _("Role changed"), _("changed what {role} may do: {added} more, {removed} less"), "shield"),
)

navigation.register(
    navigation.Place("people", _("Colleagues"), "users", "people:directory", 800, in_more=True),
    navigation.Place("settings", _("My settings"), "settings-2", "people:settings", 810, in_more=True),
)
