"""Addresses of the pages of integrations."""

from django.urls import path

from workspace.integrations import views

app_name = "integrations"

urlpatterns = [
    path("", views.tokens, name="tokens"),
    path("<int:pk>/revoke/", views.revoke, name="revoke"),
]
