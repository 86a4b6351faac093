"""What the demo company sells, and where its leads come from."""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q

from leads.funnel.models import DEFINITIONS, Campaign, Interest, Offering, Source, Tag
from workspace.people.models import Person

SOURCES: Final = (
    "Search", "Webinar", "Download", "Fair", "Referral", "Partner", "Newsletter", "LinkedIn", "Cold call",
)  # fmt: skip
OFFERINGS: Final = ("Pilot package", "Sensor kit", "Plant licence", "Service contract")
INTERESTS: Final = (
    "Retrofit without a stop", "Gearbox monitoring", "Pump monitoring", "Maintenance planning", "Energy use",
    "IT security", "Open factory day",
)  # fmt: skip
TAGS: Final = (
    "brewery", "dairy", "pilot-q1", "key account", "multi-site", "it-security", "price-sensitive", "vibrosys",
    "manual rounds", "fair-lyon",
)  # fmt: skip
# Name, days from today to the first day and to the last one.
CAMPAIGNS: Final = (
    ("Bearing failure guide", -360, None),
    ("Fair in Lyon", -250, -247),
    ("Spring open factory", -200, -140),
    ("Ask a maintenance lead", -150, -60),
    ("Quiet lines, autumn", -75, 40),
    ("Pilot in 30 days", -30, 60),
)


def load(now: datetime) -> None:
    """Make Fennmark's definitions."""
    Source.objects.bulk_create(Source(name=name, is_demo=True) for name in SOURCES)
    Offering.objects.bulk_create(Offering(name=name, is_demo=True) for name in OFFERINGS)
    Interest.objects.bulk_create(Interest(name=name, is_demo=True) for name in INTERESTS)
    Tag.objects.bulk_create(Tag(name=name, is_demo=True) for name in TAGS)
    today = now.date()
    Campaign.objects.bulk_create(
        Campaign(
            name=name,
            starts_date=today + timedelta(days=starts),
            ends_date=None if ends is None else today + timedelta(days=ends),
            is_demo=True,
        )
        for name, starts, ends in CAMPAIGNS
    )


def remove(_by: Person | None, _at: datetime) -> None:
    """Delete Fennmark's definitions; those that a real lead refers to become the workspace's own."""
    for model in DEFINITIONS:
        made = model._default_manager.filter(is_demo=True)
        is_used = Q(leads__isnull=False)  # all definitions have leads
        if model is Offering:
            is_used |= Q(deals__isnull=False)  # and a lead's earlier deals were for one, too
        made.filter(is_used).update(is_demo=False)
        made.delete()
