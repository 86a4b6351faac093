"""Laying out the funnel and editing its definitions."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from leads.funnel import uses
from leads.funnel.models import Reason, Stage, free_slug
from leads.funnel.templates import StageTemplate, reasons
from workspace.journal import actions as journal
from workspace.people.models import Department, Person

Row = TypeVar("Row", bound=Model)


@transaction.atomic
def lay_out(template: list[StageTemplate]) -> list[Stage]:
    """Make the stages of `template` and the first reasons in a workspace that has none.

    Raises:
        ValidationError: there are stages already.
    """
    if Stage.objects.exists():
        raise ValidationError(_("The funnel has stages already; change them one by one."))
    departments = {department.key: department for department in Department.objects.all()}
    stages = [
        Stage(
            name=step.name,
            slug=step.name.lower(),
            position=place * 10,
            kind=step.kind,
            part=step.part,
            department=departments[step.department],
            meaning=step.meaning,
            other_side=step.other_side,
        )
        for place, step in enumerate(template, start=1)
    ]
    Reason.objects.bulk_create(
        Reason(kind=kind, name=name, position=place, asks_text=place == len(names) - 1)
        for kind, names in reasons().items()
        for place, name in enumerate(names)
    )
    return Stage.objects.bulk_create(stages)


@transaction.atomic
def save_definition(row: Row, values: Mapping[str, Any], *, by: Person | None, at: datetime) -> Row:
    """Store a definition (stage, reason, source, campaign, tag, offering, interest; personas and custom fields of the rooms
    above) with `values`.

    A stage gets its slug once; it stays when the name changes, since links and integrations use it. Its kind stays, too, once
    a deal was in it: ends, outcomes and numbers of the past rest on it.

    Raises:
        PermissionDenied: `by` may not define the funnel.
        ValidationError: by field.
    """
    act = "add" if row.pk is None else "change"
    if by is not None and not by.has_perm(f"{row._meta.app_label}.{act}_{row._meta.model_name}"):
        raise PermissionDenied(_("Only administrators define the funnel."))
    before = None
    if row.pk is not None:
        before = _locked(row, values)
    for key, value in values.items():
        setattr(row, key, value)
    if isinstance(row, Stage):
        row.slug = row.slug or free_slug(row.name)
        _demand_path(row)
    row.full_clean()
    row.save()
    _tell(row, before, by=by, at=at)
    return row


def tell_added(rows: Iterable[Model], *, by: Person | None, at: datetime) -> None:
    """Journal new definitions, also those that were made by naming them in a file, a form or a call."""
    journal.record_many(
        [
            journal.Happening(
                "definition.added",
                row,
                at,
                facts={"what": str(row._meta.verbose_name), "name": str(row)},
                is_demo=bool(getattr(row, "is_demo", False)),
            )
            for row in rows
        ],
        by=by,
    )


def _tell(row: Model, before: Mapping[str, Any] | None, *, by: Person | None, at: datetime) -> None:
    """Journal a new definition, or which of its fields changed; what is equal already is no event."""
    if before is None:
        tell_added([row], by=by, at=at)
        return
    what, is_demo = str(row._meta.verbose_name), bool(getattr(row, "is_demo", False))
    after = type(row)._default_manager.filter(pk=row.pk).values(*before).get()
    labels = {field.name: str(field.verbose_name) for field in row._meta.fields}
    changed = [labels[key] for key in before if before[key] != after[key]]
    if changed:
        journal.record(
            "definition.changed",
            subject=row,
            by=by,
            at=at,
            is_demo=is_demo,
            what=what,
            name=str(row),
            fields=", ".join(changed),
        )


def _locked(row: Model, values: Mapping[str, Any]) -> dict[str, Any]:
    """Read `row` anew under a lock, so that nothing is written over that a colleague changed meanwhile.

    Returns what `values` are to take the place of.

    Raises:
        ValidationError: for `kind`, of a stage.
    """
    # A weak lock, which lets references through: leads move and come in meanwhile.
    rows = type(row)._default_manager.select_for_update(no_key=True)
    if isinstance(row, Stage):
        list(rows.order_by("pk").values_list("pk"))  # one administrator at a time judges the path
    row.refresh_from_db(from_queryset=rows)
    if isinstance(row, Stage):
        _demand_same_kind(row, values.get("kind", row.kind))
    return rows.values(*values).get(pk=row.pk)


def _demand_same_kind(stage: Stage, kind: str) -> None:
    """A stage becomes another `kind` only while nothing rests on it.

    Raises:
        ValidationError: for `kind`.
    """
    if stage.kind != kind and uses.is_used(stage):
        raise ValidationError(
            {"kind": _("Deals stand in this stage or passed it, so its kind stays. Add a stage of the other kind.")}
        )


def _demand_path(stage: Stage) -> None:
    """A funnel keeps an open stage to begin with and a won one to end in.

    Raises:
        ValidationError: the change would leave the path without one.
    """
    others = Stage.objects.active().exclude(pk=stage.pk)
    for kind, words in (
        (Stage.Kind.OPEN, _("The funnel needs an open stage to begin with.")),
        (Stage.Kind.WON, _("The funnel needs a won stage to end in.")),
    ):
        keeps = stage.is_active and stage.kind == kind
        if not keeps and stage.pk is not None and not others.filter(kind=kind).exists():
            raise ValidationError({"kind": words})
