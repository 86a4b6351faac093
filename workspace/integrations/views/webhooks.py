"""Webhooks for administrators: listed, made, changed, switched, tried out, removed; their log, and messages sent again."""

from http import HTTPStatus

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from workspace import refusals
from workspace.errors import Conflict
from workspace.hooks import policies
from workspace.hooks.actions import webhooks
from workspace.hooks.models import Delivery, Endpoint
from workspace.http import SignedInRequest
from workspace.integrations.filters import DELIVERY_SORTING
from workspace.integrations.forms import WebhookForm
from workspace.pages import notices

_LOG_SIZE = 20


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """All webhooks, and how each does."""
    _demand(request)
    return render(
        request, "workspace/integrations/webhooks.html", {"endpoints": Endpoint.objects.order_by("name", "pk")}
    )


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    """Make a webhook; its secret is on this one answer and nowhere else."""
    _demand(request)
    form = WebhookForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            endpoint, secret = webhooks.make(**form.cleaned_data, by=request.user, at=timezone.now())
        except ValidationError as error:
            refusals.show(form, error)
        else:
            response = _page(request, endpoint, WebhookForm(endpoint=endpoint), secret=secret)
            add_never_cache_headers(response)
            return response
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "workspace/integrations/new_webhook.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
def webhook(request: SignedInRequest, pk: int) -> HttpResponse:
    """One webhook: how it does, what it hears of, and its log; for htmx more lines of the log."""
    endpoint = _endpoint_or_404(request, pk)
    form = WebhookForm(request.POST if request.method == "POST" else None, endpoint=endpoint)
    if form.is_bound and form.is_valid():
        try:
            webhooks.change(endpoint, by=request.user, at=timezone.now(), **form.cleaned_data)
        except ValidationError as error:
            refusals.show(form, error)
        else:
            notices.tell(request, _("Saved."))
            return redirect(endpoint)
    return _page(request, endpoint, form)


def _page(request: SignedInRequest, endpoint: Endpoint, form: WebhookForm, *, secret: str = "") -> HttpResponse:
    shown, only_open = request.GET.get("show", "all"), ~Q(state=Delivery.State.DELIVERED)
    rows = endpoint.deliveries.filter(only_open) if shown == "open" else endpoint.deliveries.all()
    log = DELIVERY_SORTING.keyset(rows, DELIVERY_SORTING.default, size=_LOG_SIZE).page(request.GET.get("cursor"))
    context = {
        "endpoint": endpoint,
        "form": form,
        "log": log,
        "shown": shown,
        "secret": secret,
        "is_moving": endpoint.is_on and any(delivery.is_new for delivery in log.items),
    }
    template = "_deliveries.html" if request.htmx.target == "log-more" else "webhook.html"
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, f"workspace/integrations/{template}", context, status=status)


@require_POST
def switch(request: SignedInRequest, pk: int) -> HttpResponse:
    """Switch it on or off; pressed twice it stays as was meant."""
    endpoint = _endpoint_or_404(request, pk)
    is_on = request.POST.get("on") == "yes"
    webhooks.change(endpoint, is_on=is_on, by=request.user, at=timezone.now())
    notices.tell(
        request, _("“%s” is on.") % endpoint if is_on else _("“%s” is off. It hears of nothing now.") % endpoint
    )
    return redirect(endpoint)


@require_POST
def try_out(request: SignedInRequest, pk: int) -> HttpResponse:
    """Send it a test; the log tells what became of it."""
    endpoint = _endpoint_or_404(request, pk)
    webhooks.try_out(endpoint, by=request.user, at=timezone.now())
    notices.tell(request, _("A test is on its way."))
    return redirect(endpoint)


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask once, then take it out with its log."""
    endpoint = _endpoint_or_404(request, pk)
    if request.method == "POST":
        webhooks.remove(endpoint, by=request.user, at=timezone.now())
        notices.tell(request, _("“%s” is removed.") % endpoint)
        return redirect("integrations:webhooks")
    return render(request, "workspace/integrations/remove_webhook.html", {"endpoint": endpoint})


@require_POST
def replay(request: SignedInRequest, pk: int, delivery: int) -> HttpResponse:
    """Send a message of the log again; one that still waits, or an endpoint that is off, is told so."""
    endpoint = _endpoint_or_404(request, pk)
    one = get_object_or_404(endpoint.deliveries, pk=delivery)
    try:
        webhooks.replay(one, by=request.user, at=timezone.now())
        words = _("The message is sent again.")
    except Conflict as conflict:
        words = str(conflict)
    notices.tell(request, words)
    return redirect(endpoint)


def _demand(request: SignedInRequest) -> None:
    if not policies.may_keep_webhooks(request.user):
        raise PermissionDenied(_("Only administrators decide which programs hear of what happens here."))


def _endpoint_or_404(request: SignedInRequest, pk: int) -> Endpoint:
    """The webhook, for who may see it.

    Raises:
        PermissionDenied: who sees it keeps none.
    """
    endpoint = get_object_or_404(Endpoint.objects.visible_to(request.user), pk=pk)
    _demand(request)
    return endpoint
