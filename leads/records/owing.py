"""What people owe and look after here, as the ground floor knows it: next steps, and what is handed over by who leaves."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from leads.records import actions
from leads.records.actions import handing
from leads.records.actions.seen import ChangedMeanwhile, marks
from leads.records.actions.steps import KIND
from leads.records.models import Lead
from workspace.commitments.actions import AlreadyClosed, Rewritten
from workspace.commitments.kinds import CommitmentKind
from workspace.commitments.models import Commitment
from workspace.people.models import Person
from workspace.staff.holdings import Holding


def finish(commitment: Commitment, by: Person | None, at: datetime, text: str) -> None:
    """“Done” on the page of promises: what the lead's own page does.

    Raises:
        PermissionDenied: `by` may not change leads.
        AlreadyClosed: the lead was taken out in this very moment, and its step with it.
        Rewritten: another step was set in this very moment.
        ValidationError: somebody was first.
    """
    seen = marks(Lead(next_step=commitment.text), ["next_step"])
    try:
        actions.finish_next_step(Lead(pk=commitment.subject_id), by=by, at=at, text=text, seen=seen)
    except Lead.DoesNotExist as error:
        raise AlreadyClosed(_stored(commitment)) from error
    except ChangedMeanwhile as error:
        raise Rewritten(_stored(commitment)) from error


def _stored(commitment: Commitment) -> Commitment:
    return Commitment.objects.with_people().get(pk=commitment.pk)


NEXT_STEP = CommitmentKind(
    KIND,
    _("Next step"),
    "calendar-check",
    is_promise=False,
    finish=finish,
    # The lead's own verbs tell of it.
    quiet=True,
)

HOLDINGS = (
    Holding(
        "leads",
        count=lambda person: handing.leads_of(person).count(),
        words=lambda count: ngettext("%d open lead", "%d open leads", count) % count,
        hand_over=lambda person, to, by, at: handing.hand_over_leads(person, to, by=by, at=at),
    ),
    Holding(
        "accounts",
        count=lambda person: handing.accounts_of(person).count(),
        words=lambda count: ngettext("%d company", "%d companies", count) % count,
        hand_over=lambda person, to, by, at: handing.hand_over_accounts(person, to, by=by, at=at),
    ),
)
