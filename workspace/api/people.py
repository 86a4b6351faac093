"""The API of people: who works here, and who is calling."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from workspace.api.serializers import ShownSerializer
from workspace.api.viewsets import ReadViewSet
from workspace.filtering import ChoiceFilter, FilterSet, TextFilter
from workspace.http import SignedInApiRequest
from workspace.people.models import Department, Person
from workspace.sorting import Column, Sorting

# `users` is what integrations call people.
YES_NO = {"yes": _("yes"), "no": _("no")}


class PersonFilter(FilterSet):
    """The filters of people."""

    email = TextFilter(_("E-mail"), "email")
    department = ChoiceFilter(
        _("Department"),
        {str(key): label for key, label in Department.Key.choices},
        lambda key: Q(departments__key=key),
        help_text=_("M marketing, S sales."),
    )
    is_active = ChoiceFilter(_("Active"), YES_NO, lambda answer: Q(is_active=answer == "yes"))


class PersonSerializer(ShownSerializer[Person]):
    """Somebody who works here, or worked here once."""

    name = serializers.CharField(source="__str__")
    departments = serializers.ListField(
        child=serializers.CharField(), source="department_keys", help_text=_("M marketing, S sales; both for some.")
    )
    roles = serializers.SerializerMethodField()

    class Meta:
        model = Person
        fields = ("id", "name", "email", "job_title", "departments", "roles", "time_zone", "is_active")
        read_only_fields = fields

    def get_roles(self, person: Person) -> list[str]:
        return sorted(person.roles)


class PersonViewSet(ReadViewSet[Person]):
    """People of the workspace. Who left is not active any more, and stays known."""

    resource = "users"
    serializer_class = PersonSerializer
    filterset_class = PersonFilter
    sorting = Sorting({"name": Column("name"), "email": Column("email")}, default="name")

    def get_queryset(self) -> QuerySet[Person]:
        return Person.objects.visible_to(self.request.user).prefetch_related("departments", "groups")

    @extend_schema(responses=PersonSerializer)
    @action(detail=False)
    def me(self, request: SignedInApiRequest, **_url: Any) -> Response:
        """The person whose token or session this is."""
        return self.shown(self.get_queryset().get(pk=request.user.pk))
