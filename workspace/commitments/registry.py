"""What commitments make known: the subject, the journal's words, a kind made by hand, who hears of calendars, the place."""

from collections.abc import Mapping, Sequence

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

import workspace.commitments.options  # noqa: F401 - declares them
from workspace import slots, subjects, verbs
from workspace.commitments import kinds, presenters
from workspace.commitments.actions.clocks import hear_of_practice
from workspace.commitments.actions.recomputing import hear_of_calendars, recompute_steps
from workspace.commitments.models import Commitment
from workspace.commitments.noticing import NOTICE_KINDS
from workspace.http import SignedInRequest
from workspace.jobs import kinds as job_kinds
from workspace.journal import actions as journal
from workspace.notices import telling
from workspace.pages import navigation
from workspace.people import roles
from workspace.people.models import Person
from workspace.subjects import Subject
from workspace.verbs import Verb

subjects.register(
    Subject(
        kind="commitment",
        model=Commitment,
        label=_("promise"),
        url=Commitment.get_absolute_url,
        title=str,
        visible_to=Commitment.objects.visible_to,
    )
)

kinds.register(
    kinds.CommitmentKind("promise", _("Promise"), "handshake", is_promise=True, target_seconds=2 * 9 * 3_600)
)


def _verb(key: str, label: Promise, line: Promise, icon: str) -> Verb:
    """What is promised, and what is said about it, may name people."""
    return Verb(f"commitment.{key}", label, line, icon, "promises", personal=("text", "word", "reason", "from", "to"))


verbs.register(
    _verb("made", _("Promise made"), _("promised: {text}"), "handshake"),
    _verb("warned", _("Promise warned"), _("most of the time has gone: {text}"), "clock-alert"),
    _verb("breached", _("Promise missed"), _("the time is up: {text}"), "circle-alert"),
    _verb("escalated", _("Promise escalated"), _("told {to} of the late promise: {text}"), "megaphone"),
    _verb("kept", _("Promise kept"), _("kept the promise: {text}"), "check"),
    _verb("kept_late", _("Promise kept late"), _("kept the promise, late: {text}"), "check"),
    _verb("paused", _("Clock paused"), _("paused the clock: {reason}"), "pause"),
    _verb("resumed", _("Clock runs on"), _("let the clock run on: {text}"), "play"),
    _verb("cancelled", _("Promise let go"), _("let go of the promise: {text}"), "x"),
    _verb(
        "handed_over", _("Promise handed over"), _("handed the promise from {from} to {to}: {text}"), "arrow-right-left"
    ),
)

job_kinds.register(job_kinds.JobKind("workspace.commitments.recompute", recompute_steps))

for _key in (
    "calendar.made", "calendar.changed", "calendar.dropped", "calendar.days_set", "calendar.days_removed", "absence.set",
    "absence.removed",
):  # fmt: skip
    journal.on(_key, hear_of_calendars)
journal.on("option.changed", hear_of_practice)
telling.register(*NOTICE_KINDS)

roles.grant(["workspace_commitments.view_commitment"], roles.EVERYBODY)
roles.grant(["workspace_commitments.add_commitment", "workspace_commitments.change_commitment"], roles.WORKING)


def _badge(person: Person) -> QuerySet[Commitment]:
    return Commitment.objects.waiting_for(person)


def _mine(request: SignedInRequest, people: Sequence[Person]) -> Mapping[int, Mapping[str, object]]:
    """On My day: promises of the visitor whose clocks run."""
    return {one.pk: {"waiting": waiting} for one in people if (waiting := presenters.waiting(one, request)).rows}


slots.fill("home.main", 10, "workspace/commitments/_waiting.html", _mine)

navigation.register(
    navigation.Place("promises", _("Promises"), "handshake", "commitments:list", 190, badge=_badge, in_more=True)
)
