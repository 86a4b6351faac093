"""Next steps as commitments: what the lead's columns say, and what the clock, the bell and the page of promises go by.

Whoever writes a lead's next step or hands calls `follow` in the same transaction, with all leads that it wrote.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from workspace.commitments import actions as commitments
from workspace.commitments.models import Commitment
from workspace.people.models import Person

KIND: Final = "next_step"

# A step is the owner's, else the marketer's; where nobody has the lead yet, its stage's department has to see to it.
_STEPS: Final = """
SELECT lead.id,
  CASE WHEN lead.deleted_at IS NULL AND lead.next_step_at IS NOT NULL THEN lead.next_step ELSE '' END, lead.next_step_at,
  COALESCE(lead.owner_id, lead.marketer_id),
  CASE WHEN lead.owner_id IS NULL AND lead.marketer_id IS NULL THEN stage.department_id END, lead.is_demo
FROM leads_records_lead lead JOIN leads_funnel_stage stage ON stage.id = lead.stage_id WHERE lead.id = ANY(%(leads)s)
"""
# What a change has to touch for the steps to follow.
FOLLOWED: Final = frozenset({"next_step", "next_step_at", "owner", "marketer"})


def follow(leads: Iterable[int], *, by: Person | None, at: datetime) -> None:
    """Let the commitments be the next steps of these leads. Costs one statement for any number of them."""
    ids = sorted(set(leads))
    if ids:
        commitments.follow_dates(KIND, "lead", _STEPS, {"leads": ids}, by=by, at=at)


def keep(leads: Sequence[int], *, by: Person | None, at: datetime, text: str = "") -> None:
    """Note that the next steps of these leads are done; call it before the columns are emptied."""
    held = Commitment.objects.open().filter(kind=KIND, subject_kind="lead", subject_id__in=leads)
    commitments.meet_many(list(held), by=by, at=at, text=text[: commitments.LONGEST_WORD])


def let_go(leads: Sequence[int], *, at: datetime) -> dict[int, tuple[str, datetime]]:
    """The next steps, with their days, that ended undone at this very moment, as a deal's do that closes; by lead. One query."""
    ended = Commitment.objects.filter(
        kind=KIND, subject_kind="lead", subject_id__in=leads, state=Commitment.State.CANCELLED, closed_at=at
    )
    # The first of several: of two rows that close the same lead it is the one that was there before.
    newest_first = ended.order_by("-pk").values_list("subject_id", "text", "due_at")
    return {lead: (text, due_at) for lead, text, due_at in newest_first if lead is not None}
