"""Saying something about a record of any kind."""

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from workspace.journal import actions as journal
from workspace.journal.models import JournalEntry
from workspace.people.models import Person
from workspace.remarks import mentions, policies

LONGEST = 10_000


@transaction.atomic
def say(record: Model, text: str, *, by: Person, at: datetime) -> JournalEntry:
    """Put a remark on the record's timeline; whom it names, and who follows the record, is told.

    Raises:
        PermissionDenied: `by` may not see the record, or only reads here.
        ValidationError: no words, too many, or somebody is named who may not see the record.
    """
    if not policies.may_remark(by, record):
        raise PermissionDenied(_("You may not write here."))
    text = text.replace("\x00", "").strip()
    if not text:
        raise ValidationError({"text": _("Say it in a few words.")})
    if len(text) > LONGEST:
        raise ValidationError({"text": _("10,000 characters are possible; put longer texts into a file.")})
    stored = mentions.resolve(text, about=record)
    is_demo = bool(getattr(record, "is_demo", False))
    return journal.record("remark.made", subject=record, by=by, at=at, is_demo=is_demo, text=stored)
