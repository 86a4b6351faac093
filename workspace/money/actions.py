"""Keeping the dated rates."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from workspace.journal import actions as journal
from workspace.money.models import ExchangeRate
from workspace.people.models import Person


@transaction.atomic
def save_rate(rate: ExchangeRate, values: Mapping[str, Any], *, by: Person | None, at: datetime) -> ExchangeRate:
    """Store a rate with `values` (currency, valid_from, rate). Worths that are stored already stay as they were.

    Raises:
        PermissionDenied: `by` does not keep the rates.
        ValidationError: by field.
    """
    _demand(by, "change" if rate.pk else "add")
    for key, value in values.items():
        setattr(rate, key, value)
    rate.currency = rate.currency.strip().upper()
    rate.full_clean()
    rate.save()
    journal.record("rate.set", subject=rate, by=by, at=at, currency=rate.currency, rate=str(rate.rate.normalize()))
    return rate


@transaction.atomic
def delete_rate(rate: ExchangeRate, *, by: Person | None, at: datetime) -> None:
    """Take a wrong rate away; the one before holds on.

    Raises:
        PermissionDenied: `by` does not keep the rates.
    """
    _demand(by, "delete")
    journal.record("rate.removed", subject=rate, by=by, at=at, currency=rate.currency, day=rate.valid_from.isoformat())
    rate.delete()


def _demand(by: Person | None, act: str) -> None:
    if by is not None and not by.has_perm(f"workspace_money.{act}_exchangerate"):
        raise PermissionDenied(_("Only administrators keep the rates."))
