"""Addresses of the pages about signing in."""

from django.urls import path

from workspace.security import views

app_name = "security"

urlpatterns = [
    path("settings/security/", views.index, name="index"),
    path("settings/security/second-factor/", views.demanded, name="demanded"),
    path("settings/security/devices/<int:pk>/sign-out/", views.end_session, name="end_session"),
    path("settings/security/devices/sign-out-others/", views.end_others, name="end_others"),
    path("settings/security/single-sign-on/<int:pk>/unlink/", views.unlink, name="unlink"),
    path("settings/sign-in/", views.rules, name="rules"),
]
