"""Putting what a person owes into other hands."""

import datetime as dt
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from workspace.commitments.actions.ending import locked
from workspace.commitments.actions.recomputing import recompute
from workspace.commitments.actions.telling import tell
from workspace.commitments.models import Commitment
from workspace.people.actions import demand_active
from workspace.people.models import Person


@transaction.atomic
def hand_over(person: Person, to: Person, *, by: Person | None, at: dt.datetime) -> list[Commitment]:
    """Let `to` owe all that `person` owes and has not done; returns it as stored. The clocks run in the new debtor's hours.

    Whoever calls this has asked whether `by` may. What goes with a record of another room (a next step) goes with that record,
    which is handed over before.

    Raises:
        ValidationError: for `hand_to`: `to` is the same, has left, or is of the wrong department.
    """
    demand_successor(person, to)
    owed = list(Commitment.objects.open().owed_by(person).with_people().order_by("pk"))
    _demand_side(owed, to)
    commitments = [one for one in locked([one.pk for one in owed]) if one.is_open]
    for one in commitments:
        one.debtor = to
    Commitment.objects.bulk_update(commitments, ["debtor"], batch_size=500)
    recompute([one.pk for one in commitments], at=at)
    told = locked([one.pk for one in commitments])
    tell("commitment.handed_over", told, by=by, at=at, facts=lambda _one: {"from": str(person), "to": str(to)})
    return told


def demand_successor(person: Person, to: Person) -> None:
    """Raise ValidationError for `hand_to` unless `to` is somebody else, who stays until the transaction ends."""
    if to.pk == person.pk:
        raise ValidationError({"hand_to": _("Choose a colleague who stays.")})
    demand_active([to.pk], "hand_to")


def _demand_side(owed: Sequence[Commitment], to: Person) -> None:
    sides = {one.debtor_department.key for one in owed if one.is_promise and one.debtor_department}
    if not sides <= set(to.department_keys):
        raise ValidationError({"hand_to": _("Promises of a department stay in it; %s belongs to another one.") % to})
