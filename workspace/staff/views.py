"""Coming in by invitation, one's own settings, and who works here."""

from http import HTTPStatus

from allauth.account.internal.flows.login import record_authentication
from allauth.usersessions.models import UserSession
from django.conf import settings as project
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from workspace import refusals, slots
from workspace.commitments.models import Commitment
from workspace.http import SignedInRequest
from workspace.pages.notices import tell
from workspace.people import policies
from workspace.people.models import Department, Invitation, Person
from workspace.people.roles import Role
from workspace.staff import actions, holdings, presenters
from workspace.staff.forms import InviteForm, JoinForm, LetGoForm, OwnForm

OWED_SHOWN = 20


@login_not_required
@never_cache
@sensitive_post_parameters("password", "repeated")
@require_http_methods(["GET", "HEAD", "POST"])
def accept_invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Let the invited person in: name, password, time zone. A link that opens nothing (any more) is gone, and says so."""
    now = timezone.now()
    invitation = actions.find_invitation(secret, at=now)
    if invitation is None:
        return render(request, "workspace/people/invitation_gone.html", status=HTTPStatus.GONE)
    form = JoinForm(
        request.POST or None,
        asks_email=not invitation.email,
        asks_password=project.PASSWORD_SIGN_IN,
        initial={"name": invitation.name},
    )
    if form.is_valid():
        given = form.cleaned_data
        try:
            person = actions.accept_invitation(
                secret,
                email=given.get("email", ""),
                name=given["name"],
                password=given.get("password"),
                time_zone=given["time_zone"],
                at=now,
            )
        except ValidationError as error:
            refusals.show(form, error)
        else:
            _let_in(request, person)
            return redirect("home")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"form": form, "invitation": invitation}
    return render(request, "workspace/people/accept_invitation.html", context, status=status)


def _let_in(request: HttpRequest, person: Person) -> None:
    """Sign in whoever has just joined, as if by the password that they have just chosen."""
    login(request, person, project.AUTHENTICATION_BACKENDS[0])
    record_authentication(request, person, "password")
    UserSession.objects.create_from_request(request)


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: SignedInRequest) -> HttpResponse:
    """The visitor's own name, job title, time zone and theme, and what other rooms let them set."""
    person = request.user
    form = OwnForm(request.POST or None, initial={key: getattr(person, key) for key in actions.OWN})
    if form.is_valid():
        try:
            actions.set_own(person, form.cleaned_data)
        except ValidationError as error:
            refusals.show(form, error)
        else:
            tell(request, _("Saved."))
            return redirect("people:settings")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"form": form, "parts": slots.parts("settings.main", request, [person])[person.pk]}
    return render(request, "workspace/people/settings.html", context, status=status)


@require_safe
def directory(request: SignedInRequest) -> HttpResponse:
    """Who works here, by department; administrators see who is still to come in."""
    people = Person.objects.visible_to(request.user).active().prefetch_related("departments", "groups")
    may_invite = policies.may_administer_people(request.user)
    invited = Invitation.objects.open(timezone.now()).exclude(email="") if may_invite else Invitation.objects.none()
    context = {
        "sides": presenters.sides(Department.objects.all(), people.order_by("name", "pk")),
        "invited": invited.prefetch_related("departments"),
        "may_invite": may_invite,
    }
    return render(request, "workspace/people/directory.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: SignedInRequest) -> HttpResponse:
    """Invite a colleague by mail."""
    if not policies.may_administer_people(request.user):
        raise PermissionDenied(_("Only administrators invite colleagues."))
    form = InviteForm(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        try:
            invitation = actions.invite(
                given["email"],
                name=given["name"],
                role=Role(given["role"]),
                departments=given["departments"],
                by=request.user,
                at=timezone.now(),
            )
        except ValidationError as error:
            refusals.show(form, error)
        else:
            tell(request, _("%s gets a mail with the way in.") % invitation.email)
            return redirect("people:directory")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "workspace/people/invite.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def let_go(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let a colleague go; what they still owe, and all that they look after, is handed over in the same act."""
    if not policies.may_administer_people(request.user):
        raise PermissionDenied(_("Only administrators let colleagues go."))
    leaving = get_object_or_404(Person.objects.visible_to(request.user).active(), pk=pk)
    form = LetGoForm(leaving, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            actions.deactivate(leaving, by=request.user, at=timezone.now(), hand_to=form.cleaned_data["hand_to"])
        except ValidationError as error:
            refusals.show(form, error)
        else:
            tell(request, _("%s cannot sign in any more.") % leaving)
            return redirect("people:directory")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    owed = Commitment.objects.open().owed_by(leaving).order_by("due_at", "pk")
    context = {
        "form": form,
        "leaving": leaving,
        "promises": owed.promises()[:OWED_SHOWN],
        "promise_count": owed.promises().count(),
        "step_count": owed.filter(is_promise=False).count(),
        "held": holdings.held_by(leaving),
    }
    return render(request, "workspace/people/let_go.html", context, status=status)
