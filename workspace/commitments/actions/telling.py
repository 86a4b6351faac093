"""What the journal hears of commitments; kinds whose room tells the same itself are left out."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping

from django.db.models import Model

from workspace import subjects
from workspace.commitments.models import Commitment
from workspace.journal import actions as journal
from workspace.people.models import Person

Facts = Mapping[str, object]


def tell(
    verb: str,
    commitments: Iterable[Commitment],
    *,
    by: Person | None,
    at: dt.datetime | Callable[[Commitment], dt.datetime],
    facts: Callable[[Commitment], Facts] | None = None,
) -> None:
    """Write one entry a commitment, in one statement; on the thread of what it is about, as far as it is a promise."""
    happenings = [
        journal.Happening(
            verb,
            one,
            at(one) if callable(at) else at,
            thread=_thread(one),
            facts={**_common(one), **(facts(one) if facts else {})},
            is_demo=one.is_demo,
        )
        for one in commitments
        if not one.definition.quiet
    ]
    if happenings:
        journal.record_many(happenings, by=by)


def _thread(commitment: Commitment) -> Model | None:
    """The record that it is about, by its number alone: nothing is read for an entry."""
    if commitment.subject is None or not commitment.is_promise:
        return None
    kind, pk = commitment.subject
    return subjects.get(kind).model(pk=pk)


def _common(commitment: Commitment) -> dict[str, object]:
    return {
        "text": commitment.text,
        "kind": commitment.kind,
        "debtor": commitment.debtor_id,
        "debtor_department": commitment.debtor_department_id,
        "creditor": commitment.creditor_id,
        "creditor_department": commitment.creditor_department_id,
        "due": commitment.due_at.isoformat(),
        "is_practice": commitment.is_practice,
    }
