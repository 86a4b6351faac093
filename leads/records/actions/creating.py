"""A new lead, with its first deal."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from leads.funnel.models import Stage
from leads.records import custom, fields, policies
from leads.records.actions import rules, steps
from leads.records.actions.ending import Ending, ending_of, not_before
from leads.records.actions.moving import put
from leads.records.actions.resolving import Origin, company_called, resolve
from leads.records.models import Company, Deal, Lead, StagePassage
from leads.records.telephones import telephone_key
from leads.records.values import merged_consent
from workspace.journal import actions as journal
from workspace.people.models import Person

TO_MANY = ("interests", "tags")
NOT_COLUMNS = {*TO_MANY, "company_domain", "closed_at", "created_at"}


def create(values: Mapping[str, object], *, by: Person | None, at: datetime, is_demo: bool = False) -> Lead:
    """Make a lead of `values` (by the keys of `fields.FIELDS`, and `custom`) in its stage, the first one unless given.

    `created_at` in the values tells when the lead was first known, where that was before `at`. In a closed stage the lead is
    made in the first one, and ends at once: at `closed_at`, and with `lost_reason` where it was a bad end.

    Raises:
        PermissionDenied: `by` may not make leads.
        ValidationError: by field: a value does not fit, nothing tells the lead apart, or another lead has its address.
    """
    if by is not None and not policies.may_create(by):
        raise PermissionDenied(_("You may look at leads, but not make new ones."))
    with rules.told_when_taken(values):
        return _create(values, Origin(by, at, is_demo))


@transaction.atomic
def _create(values: Mapping[str, object], origin: Origin) -> Lead:
    by, is_demo = origin.by, origin.is_demo
    given = dict(values)
    own = custom.clean("lead", given.pop("custom", {}), is_new=True)
    cleaned = fields.clean(given)
    why = {"lost_reason": cleaned.pop("lost_reason", None)}
    resolved = resolve(cleaned, origin)
    stage = resolved.pop("stage", None) or _first_stage()
    ending = ending_of(stage, resolved | why, at=origin.at)
    lead = _built(resolved, _first_stage() if ending else stage, ending, origin)
    lead.custom = own.onto({})
    lead.is_demo = is_demo
    rules.demand_identity(lead)
    rules.demand_whole_step(lead)
    rules.demand_whole_sleep(lead)
    rules.demand_unique(lead)
    lead.save(force_insert=True)
    lead.refresh_from_db(fields=["sort_name", "search_text"])
    for key in TO_MANY:
        getattr(lead, key).set(resolved.get(key, []))
    _first_deal(lead, by=by)
    if lead.next_step:
        steps.follow([lead.pk], by=by, at=origin.at)
    journal.record(
        "lead.created", subject=lead, by=by, at=lead.created_at, is_demo=is_demo, name=str(lead), stage=lead.stage.name
    )
    if ending is not None:
        put(lead, ending.stage, by=by, at=_closed_at(lead, ending), reason=ending.reason, text=ending.text)
    return lead


def _closed_at(lead: Lead, ending: Ending) -> datetime:
    closed_at = not_before(ending.at, lead.created_at, timezone.get_current_timezone())
    if closed_at is None:
        raise ValidationError({"closed_at": _("It was closed before it was created.")})
    return closed_at


def _first_stage() -> Stage:
    stage = Stage.objects.on_path().first()
    if stage is None or stage.is_closed:
        raise ValidationError({"stage": _("The funnel has no open stage.")})
    return stage


def _built(resolved: dict[str, Any], stage: Stage, ending: Ending | None, origin: Origin) -> Lead:
    created_at = min(resolved.get("created_at") or (ending.at if ending else origin.at), origin.at)
    if ending is not None and resolved.get("next_step"):
        raise ValidationError({"next_step": _("This deal is closed; open the next one first.")})
    consent = merged_consent({}, resolved.get("consent", {}))
    columns = {key: value for key, value in resolved.items() if key not in NOT_COLUMNS}
    lead = Lead(
        **columns | rules.worth(resolved, at=created_at) | {"consent": consent},
        stage=stage,
        furthest_stage=stage,
        stage_entered_at=created_at,
        created_at=created_at,
        # Else new leads would stand last where lists are sorted by activity.
        last_activity_at=created_at,
        created_by=origin.by,
        phone_key=telephone_key(resolved.get("phone", "")),
        consent_at=origin.at if consent else None,
    )
    link_company(lead, resolved.get("company_domain", ""), origin)
    return lead


def link_company(lead: Lead, domain: str, origin: Origin) -> None:
    """Copy the company's name to the lead; a cleaned domain finds (or makes, or completes) the company."""
    if domain:
        known = Company.objects.living().filter(domain=domain).first()
        if known is not None:
            lead.company = known
        elif lead.company is None:
            lead.company = company_called(domain, origin, domain=domain)
        elif not lead.company.domain:
            lead.company.domain = domain
            lead.company.save(update_fields=["domain"])
    lead.company_name = lead.company.name if lead.company else ""


def _first_deal(lead: Lead, *, by: Person | None) -> None:
    deal = Deal.objects.create(
        lead=lead,
        number=1,
        opened_at=lead.created_at,
        stage=lead.stage,
        furthest_stage=lead.stage,
        offering=lead.offering,
        value=lead.value,
        currency=lead.currency,
        value_base=lead.value_base,
    )
    StagePassage.objects.create(deal=deal, stage=lead.stage, entered_at=lead.created_at, by=by)
