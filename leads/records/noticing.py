"""What people are told of leads and companies: what is given to them, and what happens to what they follow."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from workspace.filtering import MOST_DIGITS, Filter
from workspace.journal.models import JournalEntry
from workspace.notices import kinds
from workspace.notices.kinds import NoticeKind, Recipients, Together
from workspace.notices.models import Level, Notice
from workspace.notices.recipients import followers, of_batch, of_columns


def _fields(entry: JournalEntry, _reader: int) -> Mapping[str, object]:
    """The labels of what was changed, for a sentence."""
    return {"fields": ", ".join(str(change.get("label", "")) for change in _changes(entry)) or _("something")}


def _to_whom(entry: JournalEntry, reader: int) -> Mapping[str, object]:
    """Who has now what the reader had."""
    theirs = [change for change in _changes(entry) if change.get("old_id") == reader]
    return {"to": ", ".join(str(change.get("new") or _("nobody")) for change in theirs) or _("somebody else")}


def _changes(entry: JournalEntry) -> list[dict[str, object]]:
    return entry.personal.get("changes") or entry.facts.get("changes") or []


def _these_leads(notice: Notice) -> str:
    """The list of the leads that stand in one line, closed ones as well."""
    return reverse("records:leads") + "?" + urlencode({"tab": "all", "told": notice.pk})


class ToldFilter(Filter):
    """Leads that stand in one line of the visitor's bell, by the number of any of its notices. Costs one query."""

    schema = {"type": "integer"}
    is_typed = False

    def read(self, text: str) -> Notice:
        is_number = text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS
        mine = Notice.objects.of(self.person) if is_number and self.person is not None else Notice.objects.none()
        found = mine.filter(subject_kind="lead", pk=int(text) if is_number else 0).first()
        if found is None:
            raise ValidationError(_("There is no notice “%s” of leads.") % text[:40])
        return found

    def narrow(self, rows: QuerySet[Any], value: Notice) -> QuerySet[Any]:
        alike = Notice.objects.filter(person_id=value.person_id, group_key=value.group_key)
        return rows.filter(Exists(alike.filter(subject_kind="lead", subject_id=OuterRef("pk"))))

    def say(self, value: Notice) -> str:
        return str(kinds.entries()[value.kind].label) if value.kind in kinds.entries() else str(value.pk)


def _hands(side: str) -> Recipients:
    """Owner and marketer as a change of hands names them: before it (`old_id`), or after it (`new_id`)."""
    return of_batch(
        f"(change ->> '{side}')::bigint",
        "CROSS JOIN LATERAL jsonb_array_elements(e.personal -> 'changes') AS change",
        f"change ->> '{side}' IS NOT NULL",
    )


NOTICE_KINDS = (
    NoticeKind(
        "lead_given",
        _("Leads are given to me"),
        many=_("{who} gave you {count} leads"),
        hears={
            "lead.assigned": _hands("new_id"),
            "lead.created": of_columns("leads_records_lead", "owner_id", "marketer_id"),
        },
        one=_("{who} gave you this lead"),
        default=Level.MAIL,
        icon="user-round-check",
        together=Together.BATCH,
        many_title=_("{count} leads"),
        many_url=_these_leads,
    ),
    NoticeKind(
        "lead_taken",
        _("Leads of mine are given to somebody else"),
        many=_("{who} gave {count} leads of yours to somebody else"),
        hears={"lead.assigned": _hands("old_id")},
        one=_("{who} gave this lead of yours to {to}"),
        facts=_to_whom,
        icon="user-round-minus",
        together=Together.BATCH,
        many_title=_("{count} leads"),
        many_url=_these_leads,
    ),
    NoticeKind(
        "lead_moved",
        _("A lead that I follow moves, or is closed"),
        many=_("{count} moves by {who}"),
        hears={"lead.moved": followers, "lead.deal_opened": followers, "lead.assigned": followers},
    ),
    NoticeKind(
        "lead_talked",
        _("Somebody talks with a lead that I follow, or notes something"),
        many=_("{count} notes and talks by {who}"),
        hears=dict.fromkeys(("lead.noted", "lead.called", "lead.mailed", "lead.met"), followers),
    ),
    NoticeKind(
        "lead_edited",
        _("Facts of a lead that I follow change"),
        many=_("{count} edits by {who}"),
        hears={"lead.edited": followers},
        one=_("{who} changed {fields}"),
        facts=_fields,
    ),
    NoticeKind(
        "company_edited",
        _("Facts of a company that I follow change"),
        many=_("{count} edits by {who}"),
        hears={"company.edited": followers},
        one=_("{who} changed {fields}"),
        facts=_fields,
    ),
)
