"""How a deal ended, as told with a lead that comes from elsewhere: when, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, tzinfo
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from leads.funnel.models import Reason, Stage
from leads.records.reasons import Reasons, Why


@dataclass(frozen=True)
class Ending:
    """The end of a deal: the closed stage, since when, and why where it was a bad one."""

    stage: Stage
    at: datetime
    why: Why | None

    @property
    def reason(self) -> Reason | None:
        return self.why.reason if self.why else None

    @property
    def text(self) -> str:
        return self.why.text if self.why else ""


def ending_of(stage: Stage, given: Mapping[str, Any], *, at: datetime) -> Ending | None:
    """The end that cleaned `given` tells with `closed_at` (now, `at`, unless given) and `lost_reason`; None in an open stage.

    A reason counts in a stage that is lost or disqualified, where it has to be told.

    Raises:
        ValidationError: for `closed_at` or `lost_reason`.
    """
    closed_at = given.get("closed_at")
    if stage.is_open and closed_at is not None:
        raise ValidationError({"closed_at": _("The lead is closed, but its stage “%s” is an open one.") % stage})
    if closed_at is not None and closed_at > at:
        raise ValidationError({"closed_at": _("This day is still to come.")})
    if stage.is_open:
        return None
    try:
        why = Reasons().read(stage, given.get("lost_reason"))
    except ValidationError as error:
        raise ValidationError({"lost_reason": error.messages}) from error
    return Ending(stage, closed_at or at, why)


def not_before(moment: datetime, earlier: datetime, zone: tzinfo | None = None) -> datetime | None:
    """`moment`, unless `earlier` is later: then `earlier` itself where `moment` tells only the day on which both were.

    It does at the midnight of `zone`, in which it was written: its own, unless told. None where `moment` is too early.
    """
    if moment >= earlier:
        return moment
    day = moment.astimezone(zone or moment.tzinfo)
    is_day_alone = day.time() == time.min
    return earlier if is_day_alone and day.date() == earlier.astimezone(day.tzinfo).date() else None


def when_it_ended(closed_at: datetime, stage: Stage, entered_at: datetime, zone: tzinfo | None = None) -> datetime:
    """When a deal that came into `stage` at `entered_at` ended, as `closed_at` tells; `zone` as for `not_before`.

    Raises:
        ValidationError: for `closed_at`: that was before.
    """
    ended_at = not_before(closed_at, entered_at, zone)
    if ended_at is None:
        told = {"stage": stage, "day": date_format(entered_at.astimezone(zone or closed_at.tzinfo), "DATE_FORMAT")}
        raise ValidationError({"closed_at": _("The lead came into “%(stage)s” later than that, on %(day)s.") % told})
    return ended_at
