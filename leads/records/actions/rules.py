"""Rules that hold for every lead, however it comes in or changes."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.utils.translation import gettext as _

from leads.funnel.models import Reason, Stage
from leads.records import fields, policies
from leads.records.models import Lead
from workspace.money.conversion import to_base
from workspace.money.currencies import CURRENCY
from workspace.people.models import Person

RECOGNISED_BY = ("email", "external_id", "phone")
UNIQUE = ("email", "external_id")


def demand_change(by: Person | None) -> None:
    """Raise PermissionDenied unless `by` may change leads; None is the workspace itself."""
    if by is not None and not policies.may_change(by):
        raise PermissionDenied(_("You may look at leads, but not change them."))


def lock(leads: Iterable[Lead]) -> dict[int, Lead]:
    """The leads as stored now, locked until the transaction ends, by id; in order of id, so that two sets never block
    each other for good."""
    rows = Lead.objects.living().filter(pk__in=[lead.pk for lead in leads]).order_by("pk")
    # Locked before it is joined: a row that changed while we waited is checked again, but against the rows that were joined
    # before the wait, so that a lead which was moved would vanish, and a new owner be missing.
    locked = list(rows.select_for_update(no_key=True).values_list("pk", flat=True))
    return {lead.pk: lead for lead in Lead.objects.for_page().filter(pk__in=locked).order_by("pk")}


def take_up(lead: Lead) -> None:
    """Whoever works on a lead has sorted it: it waits for nobody's sorting any more."""
    lead.to_sort_by, lead.to_sort_until = None, None


def demand_whole_step(lead: Lead) -> None:
    """A next step has a date, a date has a step, and a closed deal has neither.

    Raises:
        ValidationError: for `next_step` or `next_step_at`.
    """
    if lead.next_step and lead.next_step_at is None:
        raise ValidationError({"next_step_at": _("Say when, as in “Thursday 10:00”.")})
    if lead.next_step_at is not None and not lead.next_step:
        raise ValidationError({"next_step": _("Say what comes next.")})
    if lead.next_step and not lead.is_open:
        raise ValidationError({"next_step": _("This deal is closed; open the next one first.")})


def demand_whole_sleep(lead: Lead) -> None:
    """A lead sleeps until a day and for a reason, or not at all.

    Raises:
        ValidationError: for `asleep_until` or `asleep_reason`.
    """
    if lead.asleep_until is not None and not lead.asleep_reason:
        raise ValidationError({"asleep_reason": _("Say why it sleeps, as in “Budget opens in January”.")})
    if lead.asleep_reason and lead.asleep_until is None:
        raise ValidationError({"asleep_until": _("Say until when it sleeps.")})


def demand_identity(lead: Lead) -> None:
    """A lead can be told from others: by e-mail, external id or telephone, or by a name with a company.

    Raises:
        ValidationError: nothing tells it apart.
    """
    has_name = bool(lead.first_name or lead.last_name)
    if any(getattr(lead, key) for key in RECOGNISED_BY) or (has_name and (lead.company_name or lead.company_id)):
        return
    raise ValidationError(
        {"email": _("A lead needs an e-mail address, a telephone number or an external id, or a name with a company.")}
    )


def demand_unique(lead: Lead) -> None:
    """No other living lead has the same e-mail address or external id. Costs one query for each that is filled.

    Raises:
        ValidationError: another lead has it; its id is in `params["lead"]`.
    """
    errors: dict[str, ValidationError] = {}
    for key, words in (
        ("email", _("%(name)s has this e-mail address already.")),
        ("external_id", _("%(name)s has this external id already.")),
    ):
        value = getattr(lead, key)
        other = Lead.objects.living().filter(**{key: value}).exclude(pk=lead.pk).first() if value else None
        if other is not None:
            errors[key] = ValidationError(words, code="taken", params={"name": str(other), "lead": other.pk})
    if errors:
        raise ValidationError(errors)


@contextmanager
def told_when_taken(values: Mapping[str, object], leads: Iterable[Lead] = ()) -> Iterator[None]:
    """Around a transaction: whoever loses the race for an e-mail address or external id is told as if having come later.

    Raises:
        ValidationError: another lead took it in this very moment.
    """
    try:
        yield
    except IntegrityError:
        known = fields.clean({key: values[key] for key in UNIQUE if key in values})
        lead = next(iter(leads), None)
        demand_unique(Lead(pk=lead.pk if lead else None, **known))
        raise


def worth(values: dict[str, Any], *, at: datetime) -> dict[str, Any]:
    """`value`, `currency` and `value_base` that belong together: a value without a currency is in the workspace's own."""
    amount = values.get("value")
    currency = (values.get("currency") or CURRENCY.get()) if amount is not None else values.get("currency") or ""
    return {"value": amount, "currency": currency, "value_base": to_base(amount, currency, at.date())}


def demand_reason(stage: Stage, reason: Reason | None, text: str) -> None:
    """Lost and disqualified ask for a reason of their own list, and “Other” for words.

    Raises:
        ValidationError: for `reason` or `reason_text`.
    """
    if stage.kind not in (Stage.Kind.LOST, Stage.Kind.DISQUALIFIED):
        return
    if reason is None:
        raise ValidationError({"reason": _("Say why, from the list.")})
    if reason.kind != stage.kind:
        raise ValidationError(
            {"reason": _("“%(reason)s” is no reason for “%(stage)s”.") % {"reason": reason, "stage": stage}}
        )
    if reason.asks_text and not text:
        raise ValidationError({"reason_text": _("“%s” asks for a few words.") % reason})
