"""Addresses of the home page and of what is done there."""

from django.urls import path

from smarketing.demo import views as demo_views
from smarketing.home import views

urlpatterns = [
    path("", views.home, name="home"),
    path("settings/demo/", demo_views.remove, name="remove_demo"),
    path("my-day/numbers/", views.numbers, name="home_numbers"),
    path("my-day/<int:pk>/done/", views.finish_step, name="home_finish_step"),
]
