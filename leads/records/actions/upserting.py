"""Leads of another system: created where unknown, updated where known; each row stands or falls alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from leads.funnel.models import Stage
from leads.records import fields, policies, references
from leads.records.actions import rules
from leads.records.actions.changing import change
from leads.records.actions.creating import create
from leads.records.actions.ending import ending_of, when_it_ended
from leads.records.actions.moving import MovedElsewhere, move
from leads.records.fields import FIELDS
from leads.records.models import Lead
from leads.records.telephones import telephone_key
from workspace.people.models import Person

MATCHES = ("external_id", "email", "phone")
MOST_ROWS = 1_000
# What is said of a lead when it is made, and not corrected by another system afterwards.
_ONLY_NEW = {key for key, one in FIELDS.items() if one.only_new}


@dataclass(frozen=True)
class Upserted:
    """What became of one row."""

    status: Literal["created", "updated", "unchanged", "refused"]
    lead: int | None = None
    error: ValidationError | None = None


def upsert(rows: Sequence[Mapping[str, object]], *, match: str, by: Person | None, at: datetime) -> list[Upserted]:
    """Create or update the leads of `rows`, in their order, each in a transaction of its own.

    `match` is the field that recognises a lead: `external_id`, `email` or `phone`. A row that does not fit is refused and
    leaves no trace; a stage other than the lead's moves it, to an end at the row's `closed_at`.

    Raises:
        PermissionDenied: `by` may not make or not change leads.
    """
    rules.demand_change(by)
    if by is not None and not policies.may_create(by):
        raise PermissionDenied(_("You may look at leads, but not make new ones."))
    return [_upsert(row, match, by=by, at=at) for row in rows]


def _upsert(row: Mapping[str, object], match: str, *, by: Person | None, at: datetime) -> Upserted:
    try:
        return _store(row, match, by=by, at=at)
    except ValidationError as error:
        if not _was_taken(error, match):
            return Upserted("refused", error=error)
    # Somebody made this very lead after we had looked: now it is there to be updated.
    try:
        return _store(row, match, by=by, at=at)
    except ValidationError as error:
        return Upserted("refused", error=error)


@transaction.atomic
def _store(row: Mapping[str, object], match: str, *, by: Person | None, at: datetime) -> Upserted:
    lead = _recognised(row, match)
    if lead is None:
        made = create(row, by=by, at=at)
        return Upserted("created", made.pk)
    given = {key: value for key, value in row.items() if key not in {*_ONLY_NEW, "stage", "lost_reason"}}
    stored = change(lead, given, by=by, at=at)
    stored = _moved(stored, row, by=by, at=at)
    return Upserted("unchanged" if stored.version == lead.version else "updated", lead.pk)


def _recognised(row: Mapping[str, object], match: str) -> Lead | None:
    """The one living lead that the row speaks of, locked.

    Raises:
        ValidationError: for the field `match`: the row does not have it, or several leads do.
    """
    column, value = match, fields.clean({match: row.get(match)})[match]
    if match == "phone":
        column, value = "phone_key", telephone_key(value)
    if not value:
        raise ValidationError({match: _("Without it the lead cannot be recognised.")})
    found = list(Lead.objects.living().select_for_update(no_key=True).filter(**{column: value}).order_by("pk")[:2])
    if len(found) > 1:
        raise ValidationError({match: _("Several leads have this; it does not say which one is meant.")})
    return found[0] if found else None


def _moved(lead: Lead, row: Mapping[str, object], *, by: Person | None, at: datetime) -> Lead:
    """The lead in the row's stage, moved there unless it is there already; where that is an end, at the row's `closed_at`."""
    given = fields.clean({key: row.get(key) for key in ("stage", "closed_at", "lost_reason")})
    to = references.find("stage", given["stage"]) if given["stage"] else lead.stage
    if not isinstance(to, Stage):
        raise ValidationError({"stage": _("No stage is called “%s”.") % str(given["stage"])[:80]})
    if to.pk == lead.stage_id and (to.is_closed or given["closed_at"] is None):
        return lead
    ending = ending_of(to, given, at=at)
    try:
        if ending is not None:
            ended_at = when_it_ended(ending.at, lead.stage, lead.stage_entered_at, timezone.get_current_timezone())
            return move(lead, to, by=by, at=ended_at, reason=ending.reason, reason_text=ending.text)
        return move(lead, to, by=by, at=at)
    except MovedElsewhere as error:
        raise ValidationError({"stage": str(error)}) from error


def _was_taken(error: ValidationError, match: str) -> bool:
    """Whether another lead has the key by which this one was not found a moment ago."""
    told = error.error_dict.get(match, []) if hasattr(error, "error_dict") else []
    return any(one.code == "taken" for one in told)
