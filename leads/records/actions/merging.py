"""Making one lead of two that are one, and parting them again within 30 days."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.records import merging, policies
from leads.records.actions import merging_deals, merging_fields, rules, steps
from leads.records.actions.merging_fields import DEAL, OTHER, Choices
from leads.records.models import Lead, Merge, MergeMove
from workspace.errors import Conflict
from workspace.journal import actions as journal
from workspace.people.models import Person


class MergedMeanwhile(Conflict):
    """One of the two is not there any more; `lead` is the one into which it went, None where it lies in the bin."""

    title = gettext_lazy("Merged meanwhile")

    def __init__(self, gone: int, lead: Lead | None) -> None:
        words = _("Lead %(gone)d was merged into %(lead)s already.") if lead else _("Lead %(gone)d was taken out.")
        super().__init__(words % {"gone": gone, "lead": lead})
        self.lead = lead


def merge(survivor: Lead, other: Lead, *, by: Person | None, at: datetime, choices: Choices | None = None) -> Merge:
    """Let `other` go into `survivor`, in one transaction with both locked.

    `choices` says by key (`merging_fields.FACTS`, `custom.<key>`, `deal`) whose value goes on, `survivor` or `other`; where it
    is silent the survivor's does, filled from the other one. Tags and interests are those of both. What names `other` names the
    survivor from now on (see `leads.records.merging`), and its id leads there for good.

    Raises:
        PermissionDenied: `by` may not merge leads.
        ValidationError: the two are one, a real one would go into one of the demo, or a choice is none.
        MergedMeanwhile: somebody was first.
    """
    _demand(by)
    if survivor.pk == other.pk:
        raise ValidationError({"with": _("A lead is not merged with itself.")})
    merging_fields.demand_known(choices or {})
    # Whoever takes an address in this very moment is told as if having come later; ours were unique before.
    with rules.told_when_taken({"email": survivor.email, "external_id": survivor.external_id}, [survivor]):
        return _merge(survivor.pk, other.pk, by=by, at=at, choices=choices or {})


@transaction.atomic
def _merge(survivor_id: int, other_id: int, *, by: Person | None, at: datetime, choices: Choices) -> Merge:
    stored = rules.lock([Lead(pk=survivor_id), Lead(pk=other_id)])
    for pk in (survivor_id, other_id):
        if pk not in stored:
            raise _gone(pk)
    survivor, other = stored[survivor_id], stored[other_id]
    if survivor.is_demo and not other.is_demo:
        raise ValidationError({"with": _("A real lead does not go into one of the demo; keep the real one.")})
    made = Merge.objects.create(survivor=survivor, merged=other, by=by, at=at)
    others_deal = merging_fields.chosen(choices, DEAL, survivor, other) == OTHER
    fields, told = merging_fields.join(survivor, other, choices)
    Lead.objects.filter(pk=other.pk).update(deleted_at=at, merged_into=survivor)
    steps.follow([other.pk], by=by, at=at)  # before they move: what is left of its step is let go of
    _move_rows(made)
    merging_deals.join(made, others_goes_on=others_deal, at=at)
    if survivor.next_step and not merging_deals.is_open(survivor):
        fields["next_step"] = _without_step(survivor, fields)
    _save(survivor)
    steps.follow([survivor.pk], by=by, at=at)
    made.fields = fields
    made.save(update_fields=["fields"])
    people = sorted({pk for pk in (other.owner_id, other.marketer_id) if pk is not None})
    facts: dict[str, Any] = {"merged": other.pk, "people": people, "changes": [one.as_fact() for one in told]}
    journal.record("lead.merged", subject=survivor, by=by, at=at, is_demo=survivor.is_demo, name=str(other), **facts)
    return made


def undo(made: Merge, *, by: Person | None, at: datetime) -> Merge:
    """Part the two again, each as it was, but for what happened since: that stays with the survivor.

    Fields that were changed since keep what stands there; deals go back with the stage that they reached.

    Raises:
        PermissionDenied: `by` may not merge leads.
        ValidationError: it is too late, was done already, a later merge comes first, the survivor is not there, or another
            lead has the address by now.
    """
    _demand(by)
    other = made.merged
    with rules.told_when_taken({"email": other.email, "external_id": other.external_id}, [other]):
        return _undo(made, by=by, at=at)


@transaction.atomic
def _undo(made: Merge, *, by: Person | None, at: datetime) -> Merge:
    ids = (made.survivor_id, made.merged_id)
    rows = Lead.objects.filter(pk__in=ids).order_by("pk")
    list(rows.select_for_update(no_key=True).values_list("pk", flat=True))
    made = Merge.objects.select_for_update(no_key=True).get(pk=made.pk)
    stored = Lead.objects.for_page().in_bulk(ids)
    survivor, other = stored[made.survivor_id], stored[made.merged_id]
    _demand_undoable(made, survivor, at)
    # Before the fields: the rows are known by what they point at.
    merging_deals.part(made)
    _move_back(made)
    survivor = Lead.objects.for_page().get(pk=survivor.pk)
    merging_fields.part(survivor, made.fields)
    if not survivor.is_open:
        survivor.next_step, survivor.next_step_at = "", None
    rules.demand_unique(survivor)
    _save(survivor)
    rules.demand_unique(other)
    Lead.objects.filter(pk=other.pk).update(deleted_at=None, merged_into=None)
    steps.follow(ids, by=by, at=at)
    made.undone_at, made.undone_by = max(at, made.at), by
    made.save(update_fields=["undone_at", "undone_by"])
    for subject, name in ((survivor, str(other)), (other, str(survivor))):
        journal.record("lead.unmerged", subject=subject, by=by, at=at, is_demo=subject.is_demo, name=name)
    return made


def _demand(by: Person | None) -> None:
    if by is not None and not policies.may_merge(by):
        raise PermissionDenied(_("You may look at leads, but not merge them."))


def _gone(pk: int) -> Exception:
    row = Lead.objects.select_related("merged_into").filter(pk=pk).first()
    return Lead.DoesNotExist() if row is None else MergedMeanwhile(pk, row.merged_into)


def _demand_undoable(made: Merge, survivor: Lead, at: datetime) -> None:
    later = survivor.merges.standing().exclude(pk=made.pk).filter(pk__gt=made.pk).select_related("merged").first()
    if made.undone_at is not None:
        raise ValidationError(_("This merge was undone already."))
    if at > made.until:
        raise ValidationError(_("A merge can be undone for 30 days; these have passed."))
    if survivor.merged_into_id is not None:
        raise ValidationError(_("%s was merged into another lead since; undo that first.") % survivor)
    if survivor.deleted_at is not None:
        raise ValidationError(_("%s lies in the bin; restore it first.") % survivor)
    if later is not None:
        raise ValidationError(_("%s was merged into it since; undo that first.") % later.merged)


def _save(survivor: Lead) -> None:
    survivor.save(update_fields=merging_fields.written_columns())


def _without_step(survivor: Lead, fields: dict[str, Any]) -> dict[str, Any]:
    """A lead whose deal has ended has no next step; what stood there before is kept for undoing."""
    due_at = survivor.next_step_at.isoformat() if survivor.next_step_at else None
    known = fields.get("next_step", {"next_step": [survivor.next_step], "next_step_at": [due_at]})
    survivor.next_step, survivor.next_step_at = "", None
    return {"next_step": [known["next_step"][0], ""], "next_step_at": [known["next_step_at"][0], None]}


def _move_rows(made: Merge) -> None:
    moves = []
    for reference in merging.entries().values():
        if not reference.is_moved:
            continue
        rows = list(reference.rows_to_move(made.merged_id, made.survivor_id).values_list("pk", flat=True))
        moves += [
            MergeMove(merge=made, model=reference.key, row=row, before=made.merged_id, after=made.survivor_id)
            for row in rows
        ]
        reference.model._default_manager.filter(pk__in=rows).update(**{reference.column: made.survivor_id})
    MergeMove.objects.bulk_create(moves, batch_size=1_000)


def _move_back(made: Merge) -> None:
    """What was deleted since stays so, and what names another lead by now names it on."""
    for reference in merging.entries().values():
        rows: Iterable[Any] = made.moves.filter(model=reference.key).values_list("row", flat=True)
        keys = [tuple(row) if isinstance(row, list) else row for row in rows]
        if keys:
            mine = reference.rows_of(made.survivor_id).order_by().filter(pk__in=keys)
            mine.update(**{reference.column: made.merged_id})
