"""Making commitments, for sets."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from workspace import subjects
from workspace.commitments import kinds, policies
from workspace.commitments.actions.clocks import book_for, mark_passed, set_clock, set_next_tick
from workspace.commitments.actions.telling import tell
from workspace.commitments.models import Commitment
from workspace.commitments.options import PRACTICE
from workspace.people.actions import demand_active
from workspace.people.models import Department, Person
from workspace.worktime.hours import FARTHEST

LONGEST_TEXT: Final = 300
LONGEST_TARGET: Final = 366 * 86_400


@dataclass(frozen=True)
class Draft:
    """What is to be owed. Without `due_at` the clock has `target_seconds`, else those of the kind."""

    kind: str
    text: str
    debtor: Person | None = None
    debtor_department: Department | None = None
    creditor: Person | None = None
    creditor_department: Department | None = None
    subject: Model | None = None
    target_seconds: int | None = None
    due_at: dt.datetime | None = None
    is_demo: bool = False


@transaction.atomic
def promise(
    text: str,
    *,
    by: Person,
    at: dt.datetime,
    debtor: Person | None = None,
    creditor: Person | None = None,
    side: Department | None = None,
    target_seconds: int | None = None,
    due_at: dt.datetime | None = None,
) -> Commitment:
    """Promise something to the other department, by hand: for `side`, which is `by`'s own one where they have only one.

    Without a `debtor` the whole department owes it, without a `creditor` it is owed to the whole other one.

    Raises:
        PermissionDenied: `by` does not belong to the department, or only reads.
        ValidationError: by field; also where the debtor or the creditor is of the wrong department or has left.
    """
    if not policies.may_promise(by):
        raise PermissionDenied(_("Who belongs to a department makes promises for it."))
    departments = {department.key: department for department in Department.objects.all()}
    if side is None:
        if len(by.department_keys) > 1:
            raise ValidationError({"debtor_department": _("Say for which of your departments.")})
        side = departments[by.department_keys[0]]
    if side.key not in by.department_keys:
        raise PermissionDenied(_("Who belongs to a department makes promises for it."))
    other = next(department for key, department in departments.items() if key != side.key)
    _judge_belonging(debtor, side, "debtor")
    _judge_belonging(creditor, other, "creditor")
    draft = Draft(
        "promise", text, debtor=debtor, debtor_department=side, creditor=creditor, creditor_department=other,
        target_seconds=target_seconds, due_at=due_at,
    )  # fmt: skip
    return make(draft, by=by, at=at)


def make(draft: Draft, *, by: Person | None, at: dt.datetime) -> Commitment:
    """Make one commitment; see `make_many`."""
    return make_many([draft], by=by, at=at)[0]


@transaction.atomic
def make_many(drafts: Sequence[Draft], *, by: Person | None, at: dt.datetime) -> list[Commitment]:
    """Store what is owed from `at` on, and start the clocks. Costs the same queries for any number of drafts.

    Raises:
        KeyError: nobody registered the kind.
        ValidationError: by field; also where no working time leads to a deadline. Then nothing is stored.
    """
    is_practice = PRACTICE.get()
    demand_active({draft.debtor.pk for draft in drafts if draft.debtor is not None}, "debtor")
    commitments = [_drafted(draft, by, at, is_practice=is_practice) for draft in drafts]
    book = book_for(commitments)
    for commitment, draft in zip(commitments, drafts, strict=True):
        if draft.due_at is None:
            set_clock(commitment, book, runs_from=at, seconds=commitment.target_seconds or 0)
        else:
            set_date(commitment, draft.due_at, at)
    stored = Commitment.objects.bulk_create(commitments, batch_size=1_000)
    tell("commitment.made", stored, by=by, at=at)
    return stored


def set_date(commitment: Commitment, due_at: dt.datetime, at: dt.datetime) -> None:
    """Let it be due at a moment that somebody chose, whatever calendars say. What is past already is missed at once."""
    commitment.due_at, commitment.runs_from, commitment.run_seconds, commitment.warn_at = due_at, at, None, None
    commitment.breached_at = None
    mark_passed(commitment, at)
    set_next_tick(commitment)


def _drafted(draft: Draft, by: Person | None, at: dt.datetime, *, is_practice: bool) -> Commitment:
    kind = kinds.get(draft.kind)
    _judge(draft, kind, at)
    subject_kind, subject_id = subjects.of(draft.subject) if draft.subject is not None else ("", None)
    target = None if draft.due_at is not None else draft.target_seconds or kind.target_seconds
    return Commitment(
        kind=kind.key,
        is_promise=kind.is_promise,
        text=" ".join(draft.text.split()),
        debtor=draft.debtor,
        debtor_department=draft.debtor_department,
        creditor=draft.creditor,
        creditor_department=draft.creditor_department,
        subject_kind=subject_kind,
        subject_id=subject_id,
        is_practice=kind.is_promise and is_practice,
        made_by=by,
        started_at=at,
        runs_from=at,
        target_seconds=target,
        is_demo=draft.is_demo,
    )


def _judge(draft: Draft, kind: kinds.CommitmentKind, at: dt.datetime) -> None:
    _judge_text(" ".join(draft.text.split()))
    if draft.debtor is None and draft.debtor_department is None:
        raise ValidationError({"debtor": _("Say who owes it.")})
    if kind.is_promise:
        _judge_sides(draft)
    elif draft.creditor is not None or draft.creditor_department is not None:
        raise ValidationError({"creditor_department": _("One's own work is owed to nobody.")})
    _judge_time(draft, kind, at)


def _judge_text(text: str) -> None:
    if not text:
        raise ValidationError({"text": _("Say what is owed.")})
    if len(text) > LONGEST_TEXT:
        raise ValidationError({"text": _("300 characters are possible.")})


def _judge_time(draft: Draft, kind: kinds.CommitmentKind, at: dt.datetime) -> None:
    if draft.due_at is not None and abs(draft.due_at - at) > FARTHEST:
        raise ValidationError({"due_at": _("This is too far away.")})
    if draft.due_at is None and not 0 < (draft.target_seconds or kind.target_seconds) <= LONGEST_TARGET:
        raise ValidationError({"target_seconds": _("Say how much working time there is, up to a year.")})


def _judge_belonging(person: Person | None, department: Department, field: str) -> None:
    if person is None:
        return
    demand_active([person.pk], field)
    if department.key not in person.department_keys:
        words = _("%(person)s does not belong to %(department)s.") % {"person": person, "department": department}
        raise ValidationError({field: words})


def _judge_sides(draft: Draft) -> None:
    if draft.debtor_department is None or draft.creditor_department is None:
        raise ValidationError({"creditor_department": _("A promise is what one department owes the other.")})
    if draft.debtor_department == draft.creditor_department:
        raise ValidationError({"creditor_department": _("A department promises to the other one, not to itself.")})
