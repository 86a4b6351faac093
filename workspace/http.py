"""Requests as views get them: signed in, so that `request.user` is a person for the type checker."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails
from rest_framework.request import Request

from workspace.people.models import Person


class SignedInRequest(HttpRequest):
    """A page's request behind LoginRequiredMiddleware."""

    user: Person
    htmx: HtmxDetails


class SignedInApiRequest(Request):
    """An API request behind IsAuthenticated."""

    user: Person
