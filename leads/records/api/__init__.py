"""The API of leads, companies and segments: the querysets, filters and actions of the pages, in JSON."""

from leads.records.api.companies import CompanyViewSet
from leads.records.api.leads import LeadViewSet
from leads.records.api.segments import SegmentViewSet

__all__ = ["CompanyViewSet", "LeadViewSet", "SegmentViewSet"]
