"""Addresses of calendars and absences, below the settings."""

from django.urls import path

from workspace.worktime import views

app_name = "worktime"

urlpatterns = [
    path("", views.overview, name="overview"),
    path("mine/", views.give_mine, name="give_mine"),
    path("department/<str:key>/", views.give_department, name="give_department"),
    path("<int:pk>/", views.calendar, name="calendar"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/drop/", views.drop, name="drop"),
    path("<int:pk>/days/", views.add_days, name="add_days"),
    path("days/<int:pk>/", views.edit_days, name="edit_days"),
    path("days/<int:pk>/remove/", views.remove_days, name="remove_days"),
    path("absences/", views.add_absence, name="add_absence"),
    path("absences/<int:pk>/remove/", views.remove_absence, name="remove_absence"),
]
