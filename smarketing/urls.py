"""The URL tree of the workspace."""

from django.contrib import admin
from django.urls import include, path

from smarketing.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("accounts/", include("allauth.urls")),
    path("api/v1/", include("smarketing.api_urls")),
    path("admin/", admin.site.urls),
    path("", include("workspace.pages.urls")),
]

handler500 = "workspace.pages.errors.server_error"
