"""The next deal of a customer who comes back."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from leads.funnel.models import Stage
from leads.records.actions import rules
from leads.records.models import Deal, Lead, StagePassage
from workspace.journal import actions as journal
from workspace.people.models import Person


@transaction.atomic
def open_next_deal(lead: Lead, *, stage: Stage | None = None, by: Person | None, at: datetime) -> Deal:
    """Open the deal after a closed one, in `stage` or the first of the path; the earlier ones stay as they were.

    Raises:
        PermissionDenied: `by` may not change leads.
        ValidationError: the current deal is still open, or `stage` is no open one.
    """
    rules.demand_change(by)
    stored = rules.lock([lead])
    if lead.pk not in stored:
        raise Lead.DoesNotExist
    lead = stored[lead.pk]
    if lead.is_open:
        raise ValidationError({"stage": _("The current deal is still open.")})
    stage = stage or Stage.objects.on_path().first()
    if stage is None or stage.is_closed:
        raise ValidationError({"stage": _("A deal starts in an open stage.")})
    earlier = lead.deals.select_for_update(no_key=True).get(is_current=True)
    earlier.is_current = False
    earlier.save(update_fields=["is_current"])
    deal = Deal.objects.create(lead=lead, number=earlier.number + 1, opened_at=at, stage=stage, furthest_stage=stage)
    StagePassage.objects.create(deal=deal, stage=stage, entered_at=at, by=by)
    lead.stage, lead.stage_entered_at, lead.closed_at, lead.lost_reason = stage, at, None, None
    lead.offering, lead.value, lead.currency, lead.value_base = None, None, "", None
    lead.save(
        update_fields=[
            "stage", "stage_entered_at", "closed_at", "lost_reason", "offering", "value", "currency", "value_base",
        ]
    )  # fmt: skip
    journal.record(
        "lead.deal_opened", subject=lead, by=by, at=at, is_demo=lead.is_demo, number=deal.number, stage=stage.name
    )
    return deal
