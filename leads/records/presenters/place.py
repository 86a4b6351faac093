"""Where in a timeline a visitor stands."""

from dataclasses import dataclass
from typing import Self

from django.http import HttpRequest


@dataclass(frozen=True)
class TimelinePlace:
    """Which page of a timeline: its group, its cursor, and the heading under which the page before ended."""

    shown: str = "all"
    cursor: str | None = None
    day: str = ""

    @classmethod
    def of(cls, request: HttpRequest) -> Self:
        asked = request.GET
        return cls(asked.get("show", "all"), asked.get("cursor") or None, asked.get("day", ""))
