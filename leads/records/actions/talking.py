"""What was said to a lead and what comes next: calls, mails, meetings, notes, the next step."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.records.actions import rules, steps
from leads.records.actions.seen import STEP, Changed, Seen, demand_seen, stale
from leads.records.fields import FIELDS
from leads.records.models import Lead
from leads.records.values import sensible_day
from workspace.journal import actions as journal
from workspace.journal.models import JournalEntry
from workspace.people.models import Person
from workspace.remarks import mentions

LONGEST_NOTE = 10_000
LONGEST_TALK_MINUTES = 24 * 60


class Talk(models.TextChoices):
    """A way of talking; a note is said to colleagues only and counts as no activity of the lead."""

    NOTE = "note", gettext_lazy("Note")
    CALL = "call", gettext_lazy("Call")
    MAIL = "mail", gettext_lazy("Mail")
    MEETING = "meeting", gettext_lazy("Meeting")


VERBS = {Talk.NOTE: "lead.noted", Talk.CALL: "lead.called", Talk.MAIL: "lead.mailed", Talk.MEETING: "lead.met"}


@transaction.atomic
def log_talk(
    lead: Lead,
    talk: Talk,
    *,
    text: str,
    by: Person | None,
    at: datetime,
    happened_at: datetime | None = None,
    minutes: int | None = None,
    was_reached: bool = True,
) -> JournalEntry:
    """Write down a call, mail, meeting or note, which happened at `at` unless an earlier time is given.

    A call that was not answered (`was_reached=False`) needs no words; everything else does. Colleagues whom the text names
    with an @ are told.

    Raises:
        PermissionDenied: `by` may not change leads.
        Lead.DoesNotExist: it was deleted meanwhile.
        ValidationError: no words, too many, a time to come, an impossible length, or somebody named who may not see it.
    """
    rules.demand_change(by)
    text = text.replace("\x00", "").strip()
    happened_at = _sensible("happened_at", happened_at or at)
    _judge_talk(talk, text, happened_at=happened_at, at=at, minutes=minutes, was_reached=was_reached)
    lead = _locked(lead)
    text = mentions.resolve(text, about=lead)
    if talk is not Talk.NOTE:
        latest = Greatest(F("last_activity_at"), models.Value(happened_at, models.DateTimeField()))
        Lead.objects.filter(pk=lead.pk).update(last_activity_at=latest)
    return journal.record(
        VERBS[talk],
        subject=lead,
        by=by,
        at=happened_at,
        is_demo=lead.is_demo,
        text=text,
        minutes=minutes,
        was_reached=was_reached,
    )


def _judge_talk(
    talk: Talk, text: str, *, happened_at: datetime, at: datetime, minutes: int | None, was_reached: bool
) -> None:
    if not text and (talk is Talk.NOTE or talk is Talk.MAIL or (was_reached and minutes is None)):
        raise ValidationError({"text": _("Say in a few words what was said.")})
    if len(text) > LONGEST_NOTE:
        raise ValidationError({"text": _("10,000 characters are possible; put longer texts into a file.")})
    if happened_at > at:
        raise ValidationError({"happened_at": _("That is still to come; set it as the next step.")})
    if minutes is not None and not 0 <= minutes <= LONGEST_TALK_MINUTES:
        raise ValidationError({"minutes": _("A talk lasts up to 24 hours.")})


@transaction.atomic
def set_next_step(
    lead: Lead, text: str, *, due_at: datetime | None, by: Person | None, at: datetime, seen: Seen | None = None
) -> Lead:
    """Say what comes next and when; returns the lead as stored. `seen` are the marks of the step that its author was shown.

    Raises:
        PermissionDenied: `by` may not change leads.
        ChangedMeanwhile: somebody else set another step since; then it stays.
        ValidationError: a step without a date, a date without a step, or a closed lead.
    """
    rules.demand_change(by)
    lead = _locked(lead)
    text = " ".join(text.split())
    if not text:
        raise ValidationError({"next_step": _("Say what comes next.")})
    if len(text) > 200:  # noqa: PLR2004 - the column's length
        raise ValidationError({"next_step": _("200 characters are possible.")})
    gone, former = stale(lead, seen or {}), {key: getattr(lead, key) for key in STEP}
    lead.next_step, lead.next_step_at = text, _sensible("next_step_at", due_at) if due_at else None
    rules.demand_whole_step(lead)
    changed = [key for key in STEP if former[key] != getattr(lead, key)]
    told = [Changed.between(key, str(FIELDS[key].label), former[key], getattr(lead, key)) for key in changed]
    demand_seen(lead, told, gone)
    rules.take_up(lead)
    lead.save(update_fields=["next_step", "next_step_at", "to_sort_by", "to_sort_until"])
    lead.refresh_from_db(fields=["version"])
    steps.follow([lead.pk], by=by, at=at)
    due = lead.next_step_at.isoformat() if lead.next_step_at else ""
    journal.record("lead.next_step_set", subject=lead, by=by, at=at, is_demo=lead.is_demo, step=text, due=due)
    return lead


@transaction.atomic
def finish_next_step(lead: Lead, *, by: Person | None, at: datetime, text: str = "", seen: Seen | None = None) -> Lead:
    """Tick the next step off, with a word on how it went if there is one; returns the lead as stored.

    `seen` is the mark of the step that whoever did it was shown.

    Raises:
        PermissionDenied: `by` may not change leads.
        ChangedMeanwhile: somebody else set another step since; nobody has done that one.
        ValidationError: there is none, or somebody is named who may not see the lead.
    """
    rules.demand_change(by)
    lead = _locked(lead)
    if not lead.next_step:
        raise ValidationError({"next_step": _("No next step is set.")})
    done = Changed.between("next_step", str(FIELDS["next_step"].label), lead.next_step, "")
    demand_seen(lead, [done], stale(lead, seen or {}))
    journal.record(
        "lead.next_step_done",
        subject=lead,
        by=by,
        at=at,
        is_demo=lead.is_demo,
        step=lead.next_step,
        due=lead.next_step_at.isoformat() if lead.next_step_at else "",
        text=mentions.resolve(text.replace("\x00", "").strip(), about=lead),
    )
    steps.keep([lead.pk], by=by, at=at, text=text)
    lead.next_step, lead.next_step_at = "", None
    lead.save(update_fields=["next_step", "next_step_at"])
    lead.refresh_from_db(fields=["version"])
    return lead


def _sensible(key: str, moment: datetime) -> datetime:
    try:
        return sensible_day(moment)
    except ValidationError as error:
        raise ValidationError({key: error.messages}) from error


def _locked(lead: Lead) -> Lead:
    stored = rules.lock([lead])
    if lead.pk not in stored:
        raise Lead.DoesNotExist
    return stored[lead.pk]
