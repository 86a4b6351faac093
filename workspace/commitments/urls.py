"""Addresses of promises."""

from django.urls import path

from workspace.commitments import views

app_name = "commitments"

urlpatterns = [
    path("", views.promises, name="list"),
    path("new/", views.new, name="new"),
    path("start-clocks/", views.start_clocks, name="start_clocks"),
    path("<int:pk>/", views.commitment, name="commitment"),
    path("<int:pk>/done/", views.done, name="done"),
    path("<int:pk>/pause/", views.pause, name="pause"),
    path("<int:pk>/resume/", views.resume, name="resume"),
    path("<int:pk>/cancel/", views.cancel, name="cancel"),
]
