"""What people are told of leads and companies: what is given to them, and what happens to what they follow."""

from collections.abc import Mapping
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from workspace.journal.models import JournalEntry
from workspace.notices.kinds import NoticeKind, Together
from workspace.notices.models import Level
from workspace.notices.recipients import followers, of_batch
from workspace.people.models import Person

_LEAD = "JOIN leads_records_lead l ON e.subject_kind = 'lead' AND l.id = e.subject_id"


def _fields(entry: JournalEntry) -> Mapping[str, object]:
    """The labels of what was changed, for a sentence."""
    changes = entry.personal.get("changes") or entry.facts.get("changes") or []
    return {"fields": ", ".join(str(change.get("label", "")) for change in changes) or _("something")}


def _my_leads(person: Person) -> str:
    """The list of those that one looks after, what was given last first."""
    return reverse("records:leads") + "?" + urlencode({"tab": "mine", "ordering": "-last_activity_at"})


# Who has the lead now, where that is what was changed: both hands stand in the lead, whoever's turn it is.
_given = of_batch(
    "hand.person_id",
    f"{_LEAD} CROSS JOIN LATERAL (VALUES ('owner', l.owner_id), ('marketer', l.marketer_id)) AS hand (field, person_id)",
    "hand.person_id IS NOT NULL AND e.personal -> 'changes' @> jsonb_build_array(jsonb_build_object('field', hand.field))",
)
_given_at_birth = of_batch(
    "hand.person_id",
    f"{_LEAD} CROSS JOIN LATERAL (VALUES (l.owner_id), (l.marketer_id)) AS hand (person_id)",
    "hand.person_id IS NOT NULL",
)

NOTICE_KINDS = (
    NoticeKind(
        "lead_given",
        _("Leads are given to me"),
        many=_("{who} gave you {count} leads"),
        hears={"lead.assigned": _given, "lead.created": _given_at_birth},
        one=_("{who} gave you this lead"),
        default=Level.MAIL,
        icon="user-round-check",
        together=Together.BATCH,
        many_title=_("{count} leads"),
        many_url=_my_leads,
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
