"""What people do with saved lists: make, change and delete them, and open the list of leads on one."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from leads.records import columns, custom, policies
from leads.records.models import ListShape, Segment
from leads.records.segmenting import clean_ordering, clean_query
from workspace.journal import actions as journal
from workspace.people.models import Person

_FIELDS = ("name", "sharing", "department", "query", "ordering", "columns")


def create_segment(values: Mapping[str, Any], *, by: Person, at: datetime) -> Segment:
    """Save a list of `by`: `values` by field, of which only the name must be given.

    Raises:
        PermissionDenied: `by` sees no leads, or may not share a list so.
        ValidationError: by field: what does not fit; for the name that `by` has a list of this name.
    """
    if not policies.may_save_lists(by):
        raise PermissionDenied(_("Your role sees no leads."))
    segment = Segment(owner=by, created_at=at, is_demo=by.is_demo)
    _fill(segment, values, by)
    _store(segment, "segment.created", by, at)
    return segment


def change_segment(segment: Segment, values: Mapping[str, Any], *, by: Person, at: datetime) -> Segment:
    """Change the fields that `values` names. The row is locked before it is judged.

    Raises:
        PermissionDenied: the list is not for `by` to change, or not to be shared so.
        ValidationError: by field: what does not fit.
        Segment.DoesNotExist: somebody deleted it meanwhile.
    """
    with transaction.atomic():
        stored = Segment.objects.select_for_update().get(pk=segment.pk)
        _demand_change(by, stored)
        before = [getattr(stored, field) for field in _FIELDS]
        _fill(stored, values, by)
        if before != [getattr(stored, field) for field in _FIELDS]:
            _store(stored, "segment.changed", by, at)
    return stored


@transaction.atomic
def delete_segment(segment: Segment, *, by: Person, at: datetime) -> None:
    """Delete a saved list; whose default it was opens on all open leads again.

    Raises:
        PermissionDenied: the list is not for `by` to delete.
        Segment.DoesNotExist: somebody was first.
    """
    stored = Segment.objects.select_for_update().get(pk=segment.pk)
    _demand_change(by, stored)
    journal.record("segment.deleted", subject=stored, by=by, at=at, is_demo=stored.is_demo, name=stored.name)
    stored.delete()


def choose_default(person: Person, segment: Segment | None) -> ListShape:
    """Open the list of leads on `segment` from now on, on all open leads with none. A taste, not an event.

    Raises:
        PermissionDenied: `person` does not see the list.
    """
    if segment is not None and not Segment.objects.visible_to(person).filter(pk=segment.pk).exists():
        raise PermissionDenied(_("This list is not shared with you."))
    shape, _made = ListShape.objects.update_or_create(person=person, defaults={"default": segment})
    return shape


def _demand_change(by: Person, segment: Segment) -> None:
    if not policies.may_change_segment(by, segment):
        raise PermissionDenied(_("This list is somebody else’s. Save it under a name of your own."))


def _fill(segment: Segment, values: Mapping[str, Any], by: Person) -> None:
    """Put cleaned values into the segment, and judge whether `by` may share it so."""
    shared_before = segment.sharing, segment.department_id
    for field, value in _cleaned(values, by).items():
        setattr(segment, field, value)
    if segment.sharing != Segment.Sharing.DEPARTMENT:
        segment.department = None
    elif segment.department is None:
        raise ValidationError({"department": _("Say with which department.")})
    segment.clean_fields(exclude=["owner", "columns", "query"])
    is_new_sharing = shared_before != (segment.sharing, segment.department_id)
    if is_new_sharing and not policies.may_share(by, segment.sharing, segment.department):
        raise PermissionDenied(_("Your role shares lists with your own department, not with everybody."))


def _cleaned(values: Mapping[str, Any], by: Person) -> dict[str, Any]:
    given = dict(values)
    if "name" in given:
        given["name"] = " ".join(str(given["name"]).replace("\x00", "").split())
    if "query" in given:
        given["query"] = clean_query(given["query"], by)
    if "ordering" in given:
        given["ordering"] = clean_ordering(given["ordering"])
    if "columns" in given:
        given["columns"] = _clean_columns(given["columns"])
    return given


def _clean_columns(chosen: Iterable[tuple[str, str]]) -> list[list[str]]:
    pairs = list(chosen)
    known = columns.available(custom.definitions("lead").values())
    return [list(pair) for pair in columns.clean(pairs, known)] if pairs else []


def _store(segment: Segment, verb: str, by: Person, at: datetime) -> None:
    """Write the segment and its entry.

    Raises:
        ValidationError: for `name`: its owner has a list of this name.
    """
    try:
        with transaction.atomic():
            segment.save()
            journal.record(verb, subject=segment, by=by, at=at, is_demo=segment.is_demo, name=segment.name)
    except IntegrityError as error:
        if "segment_name_is_unique" not in str(error):
            raise
        raise ValidationError({"name": _("There is a saved list of this name already.")}) from error
