"""When the next digest comes: an hour of the reader's own day, on the days of daylight saving, too."""

import datetime as dt
import zoneinfo
from collections.abc import Iterable

from workspace.notices.models import DigestPlan
from workspace.people.models import Person

_WEEK = 7


def next_at(plan: DigestPlan, zone: dt.tzinfo, after: dt.datetime) -> dt.datetime:
    """The first moment of `plan` later than `after`, in UTC.

    An hour that a spring night leaves out comes as the hour after it; of one that an autumn night has twice, the first counts.
    """
    day = after.astimezone(zone).date()
    for ahead in range(-1, _WEEK + 2):
        candidate = day + dt.timedelta(days=ahead)
        if plan.rhythm == DigestPlan.Rhythm.WEEKLY and candidate.weekday() != plan.weekday:
            continue
        moment = dt.datetime.combine(candidate, dt.time(plan.hour), tzinfo=zone).astimezone(dt.UTC)
        if moment > after:
            return moment
    raise AssertionError("a week has every weekday")


def due_for(people: Iterable[int], after: dt.datetime) -> dict[int, dt.datetime]:
    """When the next digest of each of `people` comes. Costs one query."""
    rows = Person.objects.filter(pk__in=set(people)).select_related("digest_plan")
    return {person.pk: next_at(plan_of(person), zone_of(person), after) for person in rows}


def plan_of(person: Person) -> DigestPlan:
    """The stored plan, or the usual one, not stored. Costs one query unless `digest_plan` was joined."""
    try:
        return person.digest_plan
    except DigestPlan.DoesNotExist:
        return DigestPlan(person=person)


def zone_of(person: Person) -> dt.tzinfo:
    """The person's zone; UTC where this machine does not know it."""
    try:
        return person.zone
    except zoneinfo.ZoneInfoNotFoundError:
        return dt.UTC
