"""Addresses of notices, following, remarks and mentions."""

from django.urls import path

from workspace.bell import views

app_name = "notices"

urlpatterns = [
    path("notices/", views.index, name="index"),
    path("notices/count/", views.count, name="count"),
    path("notices/read/", views.read_all, name="read_all"),
    path("notices/<int:pk>/", views.open_notice, name="open"),
    path("notices/<int:pk>/read/", views.read, name="read"),
    path("t/notices/<str:token>/", views.stop, name="stop"),
    path("settings/notices/", views.preferences, name="preferences"),
    path("follow/<slug:kind>/<int:pk>/", views.follow, name="follow"),
    path("remarks/<slug:kind>/<int:pk>/", views.remark, name="remark"),
    path("mentions/<slug:kind>/<int:pk>/", views.mentions, name="mentions"),
]
