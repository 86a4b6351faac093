"""Companies by the API: read, made and edited."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.response import Response

from leads.records import actions
from leads.records.api.given import CompanyValuesSerializer
from leads.records.api.shown import CompanySerializer
from leads.records.filters import COMPANY_SORTING, CompanyFilter
from leads.records.models import Company
from workspace.api.viewsets import ReadViewSet
from workspace.http import SignedInApiRequest


class CompanyViewSet(ReadViewSet[Company]):
    """Companies where leads work."""

    resource, written_with = "companies", "leads_records.change_company"
    serializer_class = CompanySerializer
    filterset_class = CompanyFilter
    sorting = COMPANY_SORTING

    def get_queryset(self) -> QuerySet[Company]:
        return Company.objects.visible_to(self.request.user).select_related("account_owner")

    @extend_schema(request=CompanyValuesSerializer)
    def create(self, request: SignedInApiRequest, **_url: Any) -> Response:
        """Make a company."""
        company = actions.create_company(self.given(CompanyValuesSerializer), by=request.user, at=timezone.now())
        return self.shown(company, status.HTTP_201_CREATED, Location=request.build_absolute_uri(f"{company.pk}/"))

    @extend_schema(request=CompanyValuesSerializer)
    def partial_update(self, request: SignedInApiRequest, **_url: Any) -> Response:
        """Change the fields that the body names; a new name reaches the company's leads soon."""
        company, given = self.get_object(), self.given(CompanyValuesSerializer, partial=True)
        return self.shown(actions.change_company(company, given, by=request.user, at=timezone.now()))
