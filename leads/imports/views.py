"""The pages of imports: the list, a new one, and the four steps of each."""

from http import HTTPStatus

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from leads.imports import actions, policies, refusals
from leads.imports.actions.preparing import first_rows
from leads.imports.forms import LookForm, MapForm, UploadForm
from leads.imports.mapping import Mapping
from leads.imports.models import Import
from leads.imports.presenting import ImportView, RevertView, kept_lines, step_of
from leads.imports.recognising import recognise
from leads.imports.suggesting import Survey, suggest_values
from workspace.http import SignedInRequest
from workspace.notices.actions import read_about
from workspace.pages import notices

SHOWN_IMPORTS = 100
SHOWN_ROWS = 8


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """The latest imports."""
    imports = Import.objects.visible_to(request.user).newest_first()[:SHOWN_IMPORTS]
    context = {"imports": imports, "may_import": policies.may_import(request.user)}
    return render(request, "leads/imports/index.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    """Bring a file; afterwards the first look at it."""
    if not policies.may_import(request.user):
        raise PermissionDenied(_("You may look at leads, but not bring new ones in."))
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if form.is_bound and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            import_ = actions.upload(file, name=file.name, by=request.user, at=timezone.now())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("imports:look", import_.pk)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "leads/imports/new.html", {"form": form}, status=status)


@require_safe
def detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Lead to the step at which the import stands."""
    import_ = _visible(request, pk)
    return redirect(f"imports:{step_of(import_)}", import_.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def look(request: SignedInRequest, pk: int) -> HttpResponse:
    """How the file is read, and its first rows; a correction is shown before one goes on."""
    import_ = _visible(request, pk)
    form = LookForm(request.POST if request.method == "POST" else None, instance=import_)
    if form.is_bound and form.is_valid():
        try:
            actions.look_again(import_, **form.chosen(), by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("imports:map" if "go_on" in request.POST else "imports:look", pk)
    import_ = _visible(request, pk)
    layout, rows = first_rows(import_, SHOWN_ROWS) if import_.file else (None, [])
    context = {"view": _view(request, import_, "look"), "form": form, "layout": layout, "rows": rows}
    return render(request, "leads/imports/look.html", context, status=_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
def map_columns(request: SignedInRequest, pk: int) -> HttpResponse:
    """What the columns mean and on which terms the rows come in; then the check begins."""
    import_ = _visible(request, pk)
    if import_.state == Import.State.LOOK:
        return redirect("imports:look", pk)
    form = MapForm(request.POST if request.method == "POST" else None, instance=import_, person=request.user)
    if form.is_bound and form.is_valid():
        try:
            import_ = actions.agree(_visible(request, pk), form.agreed(), by=request.user, at=timezone.now())
        except ValidationError as error:
            form.add_error(None, ValidationError(error.messages))
        else:
            actions.start_check(import_, by=request.user, at=timezone.now())
            return redirect("imports:check", pk)
    context = {"view": _view(request, import_, "map"), "form": form}
    return render(request, "leads/imports/map.html", context, status=_status(form))


@require_POST
def suggest(request: SignedInRequest, pk: int) -> HttpResponse:
    """Begin with what is suggested for the columns, not with what was chosen before."""
    actions.suggest_anew(_visible(request, pk), by=request.user)
    return redirect("imports:map", pk)


@require_safe
def column(request: SignedInRequest, pk: int, place: int) -> HttpResponse:
    """One column of the page of columns, after another target was chosen for it: htmx asks."""
    import_ = _visible(request, pk)
    mapping = Mapping.from_json(import_.mapping)
    if place >= len(mapping.columns):
        raise Http404
    chosen = mapping.columns[place]
    chosen.target = request.GET.get(f"column_{place}", chosen.target)
    export = recognise(column.name for column in mapping.columns)
    chosen.values = suggest_values(chosen.target, Survey.from_json(import_.survey).columns[place], export)
    import_.mapping = mapping.as_json()
    form = MapForm(instance=import_, person=request.user)
    return render(request, "leads/imports/_column.html", {"row": form.row(place, chosen), "import": import_})


@require_safe
def check(request: SignedInRequest, pk: int) -> HttpResponse:
    """What the rows would do: how far the check is, then its findings."""
    import_ = _visible(request, pk)
    if import_.state not in (Import.State.CHECKING, Import.State.CHECKED):
        return redirect(f"imports:{step_of(import_)}", pk)
    return render(request, "leads/imports/check.html", {"view": _view(request, import_, "check")})


@require_POST
def start(request: SignedInRequest, pk: int) -> HttpResponse:
    """Go: let the rows come in."""
    actions.start_run(_visible(request, pk), by=request.user, at=timezone.now())
    return redirect("imports:run", pk)


@require_safe
def run(request: SignedInRequest, pk: int) -> HttpResponse:
    """How far the run is, then what became of the rows; who looks on needs no notice that it ended."""
    import_ = _visible(request, pk)
    if import_.state not in (Import.State.RUNNING, Import.State.DONE):
        return redirect(f"imports:{step_of(import_)}", pk)
    read_about(import_, by=request.user, at=timezone.now())
    return render(request, "leads/imports/run.html", {"view": _view(request, import_, "run")})


@require_safe
def progress(request: SignedInRequest, pk: int) -> HttpResponse:
    """How far check or run is; htmx asks again and again, and gets the whole page when it is over."""
    import_ = _visible(request, pk)
    if not import_.is_at_work:
        return HttpResponseClientRefresh()
    return render(request, "leads/imports/_progress.html", {"view": _view(request, import_, step_of(import_))})


@require_POST
def stop(request: SignedInRequest, pk: int) -> HttpResponse:
    """Stop check or run after its present step."""
    actions.stop(_visible(request, pk), by=request.user, at=timezone.now())
    notices.tell(request, _("It stops after the rows it is at. What came in stays."))
    return redirect("imports:import", pk)


@require_http_methods(["GET", "HEAD", "POST"])
def revert(request: SignedInRequest, pk: int) -> HttpResponse:
    """What taking the import back would do, and the go; then how far it is, and what stayed."""
    import_ = _visible(request, pk)
    if request.method == "POST":
        actions.start_revert(import_, by=request.user, at=timezone.now())
        return redirect("imports:revert", pk)
    view = RevertView(import_, request.user, timezone.now())
    if not view.is_shown:
        return redirect("imports:import", pk)
    return render(request, "leads/imports/revert.html", {"view": view})


@require_safe
def revert_progress(request: SignedInRequest, pk: int) -> HttpResponse:
    """How far taking back is; htmx asks again and again, and gets the whole page when it is over."""
    import_ = _visible(request, pk)
    if not import_.is_being_reverted:
        return HttpResponseClientRefresh()
    view = RevertView(import_, request.user, timezone.now())
    return render(request, "leads/imports/_progress.html", {"view": view})


@require_POST
def stop_revert(request: SignedInRequest, pk: int) -> HttpResponse:
    """Stop taking back after its present step."""
    actions.stop_revert(_visible(request, pk), by=request.user, at=timezone.now())
    notices.tell(request, _("It stops after the leads it is at. The rest can be taken back later."))
    return redirect("imports:revert", pk)


@require_safe
def kept(request: SignedInRequest, pk: int) -> StreamingHttpResponse:
    """What stayed when the import was taken back, as a file."""
    import_ = _visible(request, pk)
    response = StreamingHttpResponse(kept_lines(import_), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="kept-{import_.pk}.csv"'
    return response


@require_safe
def refused(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """The file of the rows that could not come in, with line and reason."""
    import_ = _visible(request, pk)
    if import_.refused_file:
        return redirect("files:file", "refused-rows", pk)
    # A run that ended early has them in the database only.
    response = StreamingHttpResponse(refusals.lines(import_), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="refused-{import_.pk}.csv"'
    return response


def _visible(request: SignedInRequest, pk: int) -> Import:
    rows = Import.objects.visible_to(request.user).select_related("by", "job", "sort_by", "fixes", "revert_job")
    return get_object_or_404(rows, pk=pk)


def _view(request: SignedInRequest, import_: Import, step: str) -> ImportView:
    return ImportView(import_, request.user, step, timezone.now())


def _status(form: LookForm | MapForm) -> HTTPStatus:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
