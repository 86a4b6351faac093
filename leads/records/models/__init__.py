"""Companies, leads with their deals and merges, and the definitions of custom fields."""

from leads.records.models.companies import Company
from leads.records.models.custom import CustomField
from leads.records.models.deals import Deal, StagePassage
from leads.records.models.leads import Lead, LeadQuerySet
from leads.records.models.merges import UNDONE_WITHIN, Merge, MergeMove
from leads.records.models.segments import Segment, SegmentQuerySet
from leads.records.models.shapes import ListShape

__all__ = [
    "UNDONE_WITHIN",
    "Company",
    "CustomField",
    "Deal",
    "Lead",
    "LeadQuerySet",
    "ListShape",
    "Merge",
    "MergeMove",
    "Segment",
    "SegmentQuerySet",
    "StagePassage",
]
