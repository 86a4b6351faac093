"""The API of leads and companies: the querysets, filters and actions of the pages, in JSON."""

from leads.records.api.companies import CompanyViewSet
from leads.records.api.leads import LeadViewSet

__all__ = ["CompanyViewSet", "LeadViewSet"]
