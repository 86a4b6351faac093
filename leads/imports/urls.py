"""Addresses of imports."""

from django.urls import path

from leads.imports import views

app_name = "imports"

urlpatterns = [
    path("", views.index, name="index"),
    path("new/", views.new, name="new"),
    path("<int:pk>/", views.detail, name="import"),
    path("<int:pk>/look/", views.look, name="look"),
    path("<int:pk>/columns/", views.map_columns, name="map"),
    path("<int:pk>/columns/suggested/", views.suggest, name="suggest"),
    path("<int:pk>/columns/<int:place>/", views.column, name="column"),
    path("<int:pk>/check/", views.check, name="check"),
    path("<int:pk>/start/", views.start, name="start"),
    path("<int:pk>/result/", views.run, name="run"),
    path("<int:pk>/progress/", views.progress, name="progress"),
    path("<int:pk>/stop/", views.stop, name="stop"),
    path("<int:pk>/revert/", views.revert, name="revert"),
    path("<int:pk>/revert/progress/", views.revert_progress, name="revert_progress"),
    path("<int:pk>/revert/stop/", views.stop_revert, name="stop_revert"),
    path("<int:pk>/kept/", views.kept, name="kept"),
    path("<int:pk>/refused/", views.refused, name="refused"),
]
