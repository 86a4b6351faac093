"""Addresses of the shell's own pages."""

from django.urls import path

from workspace.pages import views

app_name = "pages"

urlpatterns = [
    path("find/", views.find, name="find"),
    path("nav/badges/", views.badges, name="badges"),
    path("settings/theme/", views.theme, name="theme"),
    path("keys/", views.keys, name="keys"),
    path("kit/", views.kit, name="kit"),
]
