"""Pages of notices: the bell, the way to what a notice is about, preferences, following, remarks, mentions."""

from http import HTTPStatus

from allauth.decorators import rate_limit
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from workspace import refusals, subjects
from workspace.bell import presenters
from workspace.bell.forms import PreferencesForm, RemarkForm
from workspace.http import SignedInRequest
from workspace.notices import actions, digests, following, kinds, reading, stopping
from workspace.notices.models import DigestPlan, Level, Notice
from workspace.pages.notices import tell
from workspace.remarks import actions as remarks
from workspace.remarks import policies

_LONGEST_ASKED = 100


@require_safe
@never_cache
@vary_on_headers("HX-Request")
def index(request: SignedInRequest) -> HttpResponse:
    """All notices of the visitor, a line a group; for htmx the panel of the newest, or the next lines of the page."""
    target = request.htmx.target or ""
    size = presenters.PANEL_SIZE if target == "sheet-content" else presenters.PAGE_SIZE
    shown, cursor = request.GET.get("show", "all"), request.GET.get("cursor")
    bell = presenters.Bell(request.user, cursor=cursor, shown=shown, size=size)
    return render(request, _FRAGMENTS.get(target, "workspace/bell/index.html"), {"bell": bell})


_FRAGMENTS = {"sheet-content": "workspace/bell/_panel.html", "notices-more": "workspace/bell/_lines.html"}


@require_safe
@never_cache
def count(request: SignedInRequest) -> HttpResponse:
    """How many lines are unread, which htmx puts beside the bell, after the page and every minute."""
    return render(request, "workspace/bell/_count.html", {"count": reading.badge(request.user)})


@require_safe
@never_cache
def open_notice(request: SignedInRequest, pk: int) -> HttpResponse:
    """Go to what a notice is about; its line counts as read. Mails lead here as well."""
    notice = get_object_or_404(Notice.objects.of(request.user), pk=pk)
    url = reading.url_of(notice, request.user)
    actions.read_group(notice, by=request.user, at=timezone.now())
    if url is None:
        raise Http404
    return redirect(url)


@require_POST
def read(request: SignedInRequest, pk: int) -> HttpResponse:
    """Mark one line as read and stay."""
    notice = get_object_or_404(Notice.objects.of(request.user), pk=pk)
    actions.read_group(notice, by=request.user, at=timezone.now())
    return _back(request, reverse("notices:index"))


@require_POST
def read_all(request: SignedInRequest) -> HttpResponse:
    """Mark everything that the visitor has seen as read."""
    up_to = request.POST.get("up_to", "")
    if not up_to.isdecimal() or len(up_to) > 18:  # noqa: PLR2004 - the digits of a bigint
        raise Http404
    actions.read_all(by=request.user, at=timezone.now(), up_to=int(up_to))
    tell(request, _("All read."))
    return redirect("notices:index")


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: SignedInRequest) -> HttpResponse:
    """How the visitor wants to hear of each kind, and when the digest comes."""
    person, plan = request.user, digests.plan_of(request.user)
    form = PreferencesForm(request.POST or None, initial=_chosen(request, plan))
    if form.is_valid():
        given = form.cleaned_data
        wanted = DigestPlan(person=person, rhythm=given["rhythm"], hour=given["hour"], weekday=given["weekday"])
        try:
            actions.set_preferences(person, form.levels(), plan=wanted, at=timezone.now())
        except ValidationError as error:
            refusals.show(form, error)
        else:
            tell(request, _("Saved."))
            return redirect("notices:preferences")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "workspace/bell/preferences.html", {"form": form, "zone": person.time_zone}, status=status)


def _chosen(request: SignedInRequest, plan: DigestPlan) -> dict[str, object]:
    levels = {f"kind.{key}": level for key, level in kinds.levels_of(request.user).items()}
    return {"rhythm": plan.rhythm, "hour": plan.hour, "weekday": plan.weekday, **levels}


@login_not_required
@csrf_exempt  # mail programs press it themselves (RFC 8058), without a page of ours before; the link is the secret
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@rate_limit(action="stop_notices", limit_get=True)  # type: ignore[untyped-decorator]  # allauth has no types
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Stop mails of one kind for whoever has the mail, by one button; looking at the page changes nothing.

    Nobody is named: the link may have been passed on. One that stops nothing (any more) is gone, and says so.
    """
    asked = stopping.opened(token)
    if asked is None:
        return render(request, "workspace/bell/stop_gone.html", status=HTTPStatus.GONE)
    is_done = request.method == "POST"
    if is_done:
        actions.stop_mails(asked.person, asked.level, at=timezone.now())
    context = {"is_digest": asked.level == Level.DIGEST, "is_done": is_done}
    return render(request, "workspace/bell/stop.html", context)


@require_POST
def follow(request: SignedInRequest, kind: str, pk: int) -> HttpResponse:
    """Follow a record, or no more: htmx gets the button as it is now, a plain form returns to the record."""
    if kind not in following.entries():
        raise Http404
    record = _record_or_404(request, kind, pk)
    act = actions.unfollow if request.POST.get("stop") else actions.follow
    act(record, by=request.user, at=timezone.now())
    if not request.htmx:
        return _back(request, subjects.get(kind).url(record))
    context = {"kind": kind, "pk": pk, "is_following": following.follows(request.user, record), "takes_focus": True}
    return render(request, "workspace/bell/_follow.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def remark(request: SignedInRequest, kind: str, pk: int) -> HttpResponse:
    """Say something about a record of any kind, as a page of its own; afterwards one is back at the record."""
    record = _record_or_404(request, kind, pk)
    if not policies.may_remark(request.user, record):
        raise PermissionDenied(_("You may look, but not write here."))
    form = RemarkForm(request.POST if request.method == "POST" else None, auto_id="remark_%s")
    if form.is_valid():
        try:
            remarks.say(record, form.cleaned_data["text"], by=request.user, at=timezone.now())
        except ValidationError as error:
            refusals.show(form, error)
        else:
            tell(request, _("Remark saved."))
            return redirect(subjects.get(kind).url(record))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    subject = subjects.get(kind)
    context = {"form": form, "kind": kind, "pk": pk, "title": subject.title(record), "record_url": subject.url(record)}
    return render(request, "workspace/bell/remark.html", context, status=status)


@require_safe
def mentions(request: SignedInRequest, kind: str, pk: int) -> HttpResponse:
    """Whom an @ may name beside a record, as the options of a list, for what is being typed."""
    record = _record_or_404(request, kind, pk)
    text = request.GET.get("q", "").replace("\x00", "").strip()[:_LONGEST_ASKED]
    found = presenters.suggestions(request.user, text, record)
    return render(request, "workspace/bell/_suggestions.html", {"suggestions": found})


def _record_or_404(request: SignedInRequest, kind: str, pk: int) -> Model:
    if kind not in subjects.entries():
        raise Http404
    record: Model = get_object_or_404(subjects.get(kind).visible_to(request.user), pk=pk)
    return record


def _back(request: SignedInRequest, otherwise: str) -> HttpResponse:
    """To the page that the form stood on, if it is ours."""
    back = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return redirect(back if is_ours else otherwise)
