"""The URL tree of the workspace."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path
from django.utils.translation import gettext_lazy as _

from smarketing.health import healthz

# The administration has no door of its own: whoever is not signed in goes to the one sign-in page, with its throttle.
admin.site.index_title, admin.site.site_url = _("What this workspace is made of"), None
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # as allauth documents it

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("api/v1/", include("smarketing.api_urls")),
    path("admin/", admin.site.urls),
    path("", include("workspace.pages.urls")),
    path("", include("workspace.staff.urls")),
    path("", include("workspace.security.urls")),
    path("", include("workspace.security.account_urls")),
    path("settings/working-time/", include("workspace.worktime.urls")),
    path("", include("workspace.bell.urls")),
    path("settings/", include("workspace.integrations.urls")),
    path("commitments/", include("workspace.commitments.urls")),
    path("files/", include("workspace.files.urls")),
    path("", include("smarketing.home.urls")),
    path("", include("leads.records.urls")),
    path("imports/", include("leads.imports.urls")),
]

handler500 = "workspace.pages.errors.server_error"
