"""Filters that pages and API share: each reads its values, narrows a list by them, and says them in words for a chip."""

from workspace.filtering.base import Filter, Words
from workspace.filtering.records import MOST_DIGITS, MarkFilter, PersonFilter, RecordFilter
from workspace.filtering.sets import Chip, FilterSet
from workspace.filtering.values import (
    AmountFilter,
    ChoiceFilter,
    DaysFilter,
    MomentFilter,
    SearchFilter,
    TextFilter,
    day_start,
)

__all__ = [
    "MOST_DIGITS",
    "AmountFilter",
    "Chip",
    "ChoiceFilter",
    "DaysFilter",
    "Filter",
    "FilterSet",
    "MarkFilter",
    "MomentFilter",
    "PersonFilter",
    "RecordFilter",
    "SearchFilter",
    "TextFilter",
    "Words",
    "day_start",
]
