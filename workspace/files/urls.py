"""Addresses of files."""

from django.urls import path

from workspace.files import views

app_name = "files"

urlpatterns = [path("<slug:kind>/<int:pk>/", views.file, name="file")]
