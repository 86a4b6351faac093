"""What people are told of promises and of their own next steps. Of clocks in practice mode nobody is told."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workspace.notices.kinds import NoticeKind
from workspace.notices.models import Level
from workspace.notices.recipients import of_batch, of_columns

_TABLE: Final = "workspace_commitments_commitment"
_ONE: Final = f"JOIN {_TABLE} c ON c.id = e.subject_id"
# A person, or all of a department where nobody in particular is meant.
_SIDE: Final = (
    "JOIN LATERAL (SELECT c.{side}_id AS person_id WHERE c.{side}_id IS NOT NULL UNION "
    "SELECT m.person_id FROM workspace_people_person_departments m "
    "WHERE c.{side}_id IS NULL AND m.department_id = c.{side}_department_id) AS side ON true"
)
_REAL: Final = "NOT c.is_practice"

_debtors = of_batch("side.person_id", f"{_ONE} {_SIDE.format(side='debtor')}", f"c.is_promise AND {_REAL}")
_creditors = of_batch("side.person_id", f"{_ONE} {_SIDE.format(side='creditor')}", "c.is_promise")
_owner = of_columns(_TABLE, "debtor_id", where="NOT r.is_promise")
_both_named = of_columns(_TABLE, "debtor_id", "creditor_id")
_leads = of_batch(
    "told.person::bigint", "CROSS JOIN LATERAL jsonb_array_elements_text(e.facts -> 'people') AS told (person)"
)

# What the clock says; nobody did it.
_SAID: Final[dict[str, str | Promise]] = {
    "commitment.warned": _("Most of the time has gone: {text}"),
    "commitment.breached": _("The time is up: {text}"),
    "commitment.escalated": _("A promise of your side is late: {text}"),
}


NOTICE_KINDS: Final = (
    NoticeKind(
        "promise_due",
        _("A promise of mine is nearly due, or late"),
        many=_("{count} signs of the clock"),
        hears={"commitment.warned": _debtors, "commitment.breached": _debtors},
        one=_SAID,
        default=Level.MAIL,
    ),
    NoticeKind(
        "promise_escalated",
        _("A promise of the department that I lead is late"),
        many=_("{count} late promises"),
        hears={"commitment.escalated": _leads},
        one=_SAID,
        default=Level.MAIL,
    ),
    NoticeKind(
        "step_due",
        _("A next step of mine is due"),
        many=_("{count} next steps are due"),
        hears={"commitment.breached": _owner},
        one=_SAID,
    ),
    NoticeKind(
        "promise_made",
        _("Somebody promises me something, or hands me a promise"),
        many=_("{count} promises by {who}"),
        hears={"commitment.made": _both_named, "commitment.handed_over": _both_named},
    ),
    NoticeKind(
        "promise_answered",
        _("What was promised to me is done, or my promise was paused or let go of"),
        many=_("{count} answers by {who}"),
        hears={
            "commitment.kept": _creditors,
            "commitment.kept_late": _creditors,
            "commitment.paused": _debtors,
            "commitment.resumed": _debtors,
            "commitment.cancelled": _debtors,
        },
    ),
)
