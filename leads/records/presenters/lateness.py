"""How late a next step is, in words: red is never said by colour alone."""

import datetime as dt

from django.utils.translation import gettext as _

from leads.records.models import Lead
from workspace.pages import wording

_MINUTE = dt.timedelta(minutes=1)
_HUNDRED_DAYS = dt.timedelta(days=100)


def late_words(lead: Lead, now: dt.datetime) -> str:
    """“2 d late”; nothing where the next step is still to come, or the deal is closed."""
    due = lead.next_step_at
    if due is None or due >= now or not lead.is_open:
        return ""
    passed = now - due
    time = wording.age(due, now) if _MINUTE <= passed < _HUNDRED_DAYS else wording.duration(passed)
    return _("%(time)s late") % {"time": time}
