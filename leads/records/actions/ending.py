"""How a deal ended, as told with a lead that comes from elsewhere: when, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from leads.funnel.models import Reason, Stage
from leads.records import references

WITH_REASON = (Stage.Kind.LOST, Stage.Kind.DISQUALIFIED)


@dataclass(frozen=True)
class Ending:
    """The end of a deal: the closed stage, since when, and the reason where it was a bad one."""

    stage: Stage
    at: datetime
    reason: Reason | None = None
    text: str = ""


def ending_of(stage: Stage, given: Mapping[str, Any], *, at: datetime) -> Ending | None:
    """The end that cleaned `given` tells with its `closed_at` (now, `at`, unless given) and `lost_reason`; None in an open stage.

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
    reason, text = _reason(stage, given.get("lost_reason")) if stage.kind in WITH_REASON else (None, "")
    return Ending(stage, closed_at or at, reason, text)


def _reason(stage: Stage, given: object) -> tuple[Reason, str]:
    """The reason of the stage's list that is called so; “Other: sold the plant” is the reason that asks for words, with them."""
    if given in (None, ""):
        raise ValidationError({"lost_reason": _("Say why, from the list.")})
    reason, text = references.find_reason(stage.kind, given), ""
    if reason is None and isinstance(given, str):
        name, _colon, text = (part.strip() for part in given.partition(":"))
        reason = references.find_reason(stage.kind, name) if text else None
    if reason is None or reason.kind != stage.kind or (text and not reason.asks_text):
        raise ValidationError({"lost_reason": unknown_reason(stage, given)})
    if reason.asks_text and not text:
        words = _("“%(reason)s” asks for a few words: “%(reason)s: …”.") % {"reason": reason}
        raise ValidationError({"lost_reason": words})
    return reason, text


def unknown_reason(stage: Stage, given: object) -> str:
    """What to tell whoever gave a reason that is not on the stage's list. Costs one query."""
    known = list(Reason.objects.filter(kind=stage.kind, is_active=True))
    told = _("No reason for “%(stage)s” is called “%(given)s”. There are: %(known)s.") % {
        "stage": stage,
        "given": str(given)[:80],
        "known": ", ".join(reason.name for reason in known),
    }
    open_one = next((reason.name for reason in known if reason.asks_text), "")
    return told if not open_one else told + " " + _("For your own words write “%s: …”.") % open_one
