"""People, departments, roles and invitations in the administration."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from workspace.administration import ActingAdmin, ActingForm, ReadOnlyAdmin
from workspace.commitments.models import Commitment
from workspace.people.models import Department, Invitation, Person
from workspace.people.roles import Role
from workspace.security import actions as security
from workspace.security.factors import with_second_factors
from workspace.staff import actions, holdings

admin.site.unregister(Group)


class PersonForm(ActingForm[Person]):
    """Somebody with their one role."""

    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Role)

    class Meta:
        model = Person
        fields = ("email", "name", "job_title", "time_zone", "departments")
        widgets = {"departments": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = [role for role in self.instance.roles if role in Role.values]
        self.fields["role"].initial = held[0] if held else Role.READ_ONLY


@admin.register(Person)
class PersonAdmin(ActingAdmin[Person]):
    """Colleagues come in by invitation, and leave without being deleted."""

    form = PersonForm
    fields = ("email", "name", "job_title", "time_zone", "role", "departments")
    list_display = ("name", "email", "job_title", "role", "in_departments", "second_factor", "is_active")
    list_filter = ("is_active", "departments", "groups")
    search_fields = ("name", "email")
    ordering = ("name", "pk")
    actions = ("let_go", "let_in", "sign_out", "reset_factors")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Person]:
        return with_second_factors(super().get_queryset(request)).prefetch_related("groups", "departments")

    @admin.display(description=gettext_lazy("role"))
    def role(self, person: Person) -> str:
        return ", ".join(str(Role(role).label) for role in sorted(person.roles) if role in Role.values)

    @admin.display(description=gettext_lazy("departments"))
    def in_departments(self, person: Person) -> str:
        return " ".join(person.department_keys)

    @admin.display(description=gettext_lazy("second factor"), empty_value="–")
    def second_factor(self, person: Any) -> str:
        return _("yes") if person.has_second_factor else ""

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Whoever is to come in is invited."""
        return redirect("people:invite")

    def act(self, request: Any, record: Person, values: dict[str, Any], *, is_new: bool) -> None:
        by, now = request.user, timezone.now()
        actions.change_person(record, values, by=by, at=now)
        actions.set_role(record, Role(values["role"]), by=by, at=now)
        actions.set_departments(record, values["departments"], by=by, at=now)

    @admin.action(description=gettext_lazy("Let them go: they cannot sign in any more"), permissions=["change"])
    def let_go(self, request: Any, people: QuerySet[Person]) -> HttpResponse | None:
        """Let them go; one who still owes or looks after something is let go of on a page that asks who takes it over."""
        chosen = list(people[:2])
        if len(chosen) == 1 and (Commitment.objects.open().owed_by(chosen[0]).exists() or holdings.held_by(chosen[0])):
            return redirect("people:let_go", chosen[0].pk)
        done = _each(request, people, actions.deactivate)
        self.message_user(request, ngettext("%d colleague let go.", "%d colleagues let go.", done) % done)
        return None

    @admin.action(description=gettext_lazy("Let them in again"), permissions=["change"])
    def let_in(self, request: Any, people: QuerySet[Person]) -> None:
        done = _each(request, people, actions.reactivate)
        self.message_user(request, ngettext("%d colleague is back.", "%d colleagues are back.", done) % done)

    @admin.action(description=gettext_lazy("Sign them out everywhere"), permissions=["change"])
    def sign_out(self, request: Any, people: QuerySet[Person]) -> None:
        done = _each(request, people, security.sign_out)
        self.message_user(request, ngettext("%d colleague signed out.", "%d colleagues signed out.", done) % done)

    @admin.action(description=gettext_lazy("Reset the second factor, and sign them out"), permissions=["change"])
    def reset_factors(self, request: Any, people: QuerySet[Person]) -> None:
        done = _each(request, people, security.reset_factors)
        self.message_user(request, ngettext("%d second factor reset.", "%d second factors reset.", done) % done)


@admin.register(Department)
class DepartmentAdmin(ActingAdmin[Department]):
    """The two sides: a name of one's own, the letter fixed."""

    fields = ("key", "name")
    readonly_fields = ("key",)
    list_display = ("key", "name")
    list_display_links = ("name",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def act(self, request: Any, record: Department, values: dict[str, Any], *, is_new: bool) -> None:
        actions.rename_department(record, values["name"], by=request.user, at=timezone.now())


@admin.register(Group)
class RoleAdmin(ActingAdmin[Group]):
    """What each role may do. Roles are the product's own; none is added or deleted."""

    fields = ("name", "permissions")
    readonly_fields = ("name",)
    filter_horizontal = ("permissions",)
    search_fields = ("name",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """The permissions with the models that they speak of, so that a thousand lines cost one query."""
        kwargs["queryset"] = Permission.objects.select_related("content_type")
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def act(self, request: Any, record: Group, values: dict[str, Any], *, is_new: bool) -> None:
        actions.set_permissions(record, values["permissions"], by=request.user, at=timezone.now())


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin[Invitation]):
    """Who was invited, and what became of it."""

    list_display = ("__str__", "name", "role", "invited_by", "invited_at", "mailed_at", "accepted_at", "expires_at")
    list_filter = ("role",)
    list_select_related = ("invited_by",)
    search_fields = ("email", "name")
    fields = (
        "email", "name", "role", "departments", "invited_by", "invited_at", "mailed_at", "mail_tries", "accepted_by",
        "accepted_at", "expires_at",
    )  # fmt: skip
    actions = ("mail_again", "withdraw")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("workspace_people.add_invitation"))

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        return redirect("people:invite")

    @admin.action(description=gettext_lazy("Send a new link"), permissions=["add"])
    def mail_again(self, request: Any, invitations: QuerySet[Invitation]) -> None:
        done = _each(request, invitations.exclude(email=""), actions.mail_again)
        self.message_user(request, ngettext("%d mail goes out.", "%d mails go out.", done) % done)

    @admin.action(description=gettext_lazy("Take the invitation back"), permissions=["add"])
    def withdraw(self, request: Any, invitations: QuerySet[Invitation]) -> None:
        done = _each(request, invitations, actions.withdraw)
        self.message_user(request, ngettext("%d invitation taken back.", "%d invitations taken back.", done) % done)


def _each(request: Any, records: QuerySet[Any], act: Any) -> int:
    """Do `act` to each of `records`, say what was refused and why, and return how many went through."""
    done = 0
    for record in records:
        try:
            act(record, by=request.user, at=timezone.now())
        except ValidationError as error:
            messages.error(request, _("%(record)s: %(why)s") % {"record": record, "why": " ".join(error.messages)})
        else:
            done += 1
    return done
