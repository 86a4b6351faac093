"""The way out of the demo workspace."""

from http import HTTPStatus

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from leads.records.models import Company, Lead
from smarketing import demo
from workspace.http import SignedInRequest
from workspace.pages.notices import tell
from workspace.people import policies
from workspace.people.models import Person


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: SignedInRequest) -> HttpResponse:
    """Say what would go, and remove the demo workspace when asked to."""
    if not policies.may_administer_people(request.user):
        raise PermissionDenied(_("Only administrators remove the demo workspace."))
    if not demo.is_loaded():
        return redirect("people:settings")
    status, refusal = HTTPStatus.OK, ""
    if request.method == "POST":
        try:
            demo.remove(by=request.user, at=timezone.now())
        except ValidationError as error:
            status, refusal = HTTPStatus.UNPROCESSABLE_ENTITY, " ".join(error.messages)
        else:
            tell(request, _("The demo workspace is gone. This one is yours."))
            return redirect("home")
    context = {
        "leads": Lead.objects.filter(is_demo=True).count(),
        "companies": Company.objects.filter(is_demo=True).count(),
        "people": Person.objects.filter(is_demo=True).count(),
        "refusal": refusal,
    }
    return render(request, "smarketing/remove_demo.html", context, status=status)
