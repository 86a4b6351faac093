"""Next steps as the page of promises knows them: done there, they are done at the lead; who leaves hands the leads over."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from leads.records import actions
from leads.records.actions.steps import KIND
from leads.records.models import Lead
from workspace.commitments.kinds import CommitmentKind
from workspace.commitments.models import Commitment
from workspace.people.models import Person


def finish(commitment: Commitment, by: Person | None, at: datetime, text: str) -> None:
    """“Done” on the page of promises: what the lead's own page does.

    Raises:
        PermissionDenied: `by` may not change leads.
        Lead.DoesNotExist: it was deleted meanwhile.
        ValidationError: somebody was first.
    """
    actions.finish_next_step(Lead(pk=commitment.subject_id), by=by, at=at, text=text)


def hand_over(owed: Sequence[Commitment], to: Person, by: Person | None, at: datetime) -> None:
    """Who leaves hands the leads themselves over with their next steps.

    Raises:
        PermissionDenied: `by` may not change leads.
    """
    leads = Lead.objects.living().filter(pk__in=[one.subject_id for one in owed])
    leaving = {one.debtor_id for one in owed}
    owned = list(leads.filter(owner__in=leaving))
    marketed = list(leads.filter(owner=None, marketer__in=leaving))
    actions.change_many(owned, {"owner": to.email}, by=by, at=at)
    actions.change_many(marketed, {"marketer": to.email}, by=by, at=at)


NEXT_STEP = CommitmentKind(
    KIND,
    _("Next step"),
    "calendar-check",
    is_promise=False,
    finish=finish,
    hand_over=hand_over,
    # The lead's own verbs tell of it.
    quiet=True,
)
