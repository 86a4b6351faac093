"""The bin: leads that were taken out come back whole, until they have lain there long enough."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from leads.records import policies
from leads.records.actions import rules, steps
from leads.records.actions.removing import take_out
from leads.records.models import Lead
from workspace.commitments import actions as commitments
from workspace.journal import actions as journal
from workspace.notices import actions as notices
from workspace.people.models import Person

KEPT: Final = timedelta(days=90)
# So many leads go for good in one transaction.
BATCH: Final = 200


def put_into_bin(lead: Lead, *, by: Person | None, at: datetime) -> None:
    """Take one lead out; see `put_many_into_bin`.

    Raises:
        PermissionDenied: `by` may not remove leads.
        Lead.DoesNotExist: somebody was first.
    """
    if not put_many_into_bin([lead.pk], by=by, at=at):
        raise Lead.DoesNotExist


@transaction.atomic
def put_many_into_bin(ids: Sequence[int], *, by: Person | None, at: datetime) -> list[int]:
    """Take leads out: no list, search or number has them any more, their addresses are free, their next steps are let go of.

    Returns those that were there.

    Raises:
        PermissionDenied: `by` may not remove leads.
    """
    _demand(by)
    found = take_out(ids, by=by, at=at)
    if found:
        journal.record_select(
            "lead.binned",
            "SELECT %(at)s::timestamptz, 'lead', id, 'lead', id, '{}'::jsonb, '{}'::jsonb, is_demo "
            "FROM leads_records_lead WHERE id = ANY(%(ids)s)",
            {"at": at, "ids": found},
            by=by,
        )
    return found


@transaction.atomic
def restore(lead: Lead, *, by: Person | None, at: datetime) -> Lead:
    """Take a lead out of the bin as it went in, its next step running again, and return it as stored.

    Raises:
        PermissionDenied: `by` may not remove leads.
        Lead.DoesNotExist: it lies in the bin no more.
        ValidationError: another lead has its e-mail address or external id by now.
    """
    _demand(by)
    stored = Lead.objects.in_bin().select_for_update(no_key=True).get(pk=lead.pk)
    with rules.told_when_taken({"email": stored.email, "external_id": stored.external_id}, [stored]):
        rules.demand_unique(stored)
        with transaction.atomic():
            Lead.objects.filter(pk=stored.pk).update(deleted_at=None)
    steps.follow([stored.pk], by=by, at=at)
    journal.record("lead.restored", subject=stored, by=by, at=at, is_demo=stored.is_demo)
    return Lead.objects.for_page().get(pk=stored.pk)


def empty_bin(*, at: datetime) -> int:
    """Delete for good what has lain in the bin for `KEPT`, batch by batch; returns how many leads went.

    With a lead go those that were merged into it, and what hangs on them: deals, notices, follows, next steps. The journal and
    promises stay. Of two that empty it at once each takes what the other has not.
    """
    gone = 0
    while batch := _delete_some(at - KEPT):
        gone += batch
    return gone


@transaction.atomic
def _delete_some(before: datetime) -> int:
    old = Lead.objects.in_bin().filter(deleted_at__lt=before).order_by("deleted_at", "pk")
    ids = list(old.select_for_update(skip_locked=True).values_list("pk", flat=True)[:BATCH])
    family = Lead.objects.filter(Q(pk__in=ids) | Q(merged_into__in=ids))
    known = list(family.values_list("pk", flat=True))
    if known:
        notices.forget_about("lead", known)
        commitments.forget_about("lead", known)
        # They point at each other, which holds them.
        family.filter(merged_into__isnull=False).update(merged_into=None)
        Lead.objects.filter(pk__in=known).delete()
    return len(known)


def _demand(by: Person | None) -> None:
    if by is not None and not policies.may_remove(by):
        raise PermissionDenied(_("You may look at leads, but not remove them."))
