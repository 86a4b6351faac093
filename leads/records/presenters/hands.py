"""In whose hands a lead is, told from its own columns."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from leads.records.models import Lead


@dataclass(frozen=True)
class Hands:
    """Who has a lead: the letter of a side where it is one, words, the day until which it holds, and why.

    `is_late` says that the day has passed and somebody should have acted.
    """

    words: str
    letter: str = ""
    icon: str = ""
    until: dt.date | None = None
    is_late: bool = False
    reason: str = ""


def hands_of(lead: Lead, today: dt.date) -> Hands:
    """Who has `lead`; costs no query where owner, marketer and who sorts it are loaded.

    A lead that sleeps is nobody's turn. Else whoever has a dated next step comes before a pile that waits to be sorted.
    """
    if not lead.is_open:
        return Hands(_("Closed"))
    if lead.asleep_until is not None and lead.asleep_until > today:
        return Hands(_("Asleep until"), icon="moon", until=lead.asleep_until, reason=lead.asleep_reason)
    if lead.to_sort_by is not None and lead.to_sort_until is not None and lead.next_step_at is None:
        words = _("%(person)s sorts it by") % {"person": lead.to_sort_by.short_name}
        return Hands(words, icon="inbox", until=lead.to_sort_until, is_late=lead.to_sort_until < today)
    if lead.owner_id is not None:
        return Hands(_("With sales"), letter="S")
    if lead.marketer_id is not None:
        return Hands(_("With marketing"), letter="M")
    return Hands(_("Nobody"))
