"""Addresses of people's pages."""

from django.urls import path

from workspace.staff import views

app_name = "people"

urlpatterns = [
    path("join/<str:secret>/", views.accept_invitation, name="accept_invitation"),
    path("settings/", views.settings, name="settings"),
    path("people/", views.directory, name="directory"),
    path("people/invite/", views.invite, name="invite"),
    path("people/<int:pk>/let-go/", views.let_go, name="let_go"),
]
