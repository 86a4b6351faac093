"""Talks and next steps. Sami sells, Rita only reads."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from leads.records import actions
from leads.records.actions import Talk
from leads.records.models import Lead
from leads.records.tests.factories import NOON, closed_lead, lead, person
from workspace.journal.models import JournalEntry
from workspace.people.models import Person
from workspace.people.roles import Role

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def sami() -> Person:
    return person("Sami Rep")


@pytest.fixture
def anke() -> Lead:
    return lead("anke@ostertal.example", created_at=NOON - 100 * HOUR)


def log(one: Lead, talk: Talk, text: str = "Said.", **more: Any) -> JournalEntry:
    return actions.log_talk(one, talk, text=text, by=more.pop("by", None), at=NOON, **more)


def active_at(one: Lead) -> datetime | None:
    return Lead.objects.get(pk=one.pk).last_activity_at


@pytest.mark.parametrize(
    ("talk", "verb"),
    [(Talk.CALL, "lead.called"), (Talk.MAIL, "lead.mailed"), (Talk.MEETING, "lead.met"), (Talk.NOTE, "lead.noted")],
)
def test_a_talk_is_an_entry_of_the_journal(anke: Lead, sami: Person, talk: Talk, verb: str) -> None:
    entry = log(anke, talk, " Wants a pilot. ", by=sami, minutes=11)

    assert (entry.verb, entry.actor, entry.at) == (verb, sami, NOON)
    assert (entry.facts["minutes"], entry.personal) == (11, {"text": "Wants a pilot."})


def test_a_talk_is_activity_and_a_note_to_colleagues_is_none(anke: Lead) -> None:
    log(anke, Talk.NOTE)
    assert active_at(anke) == anke.created_at

    log(anke, Talk.CALL)
    assert active_at(anke) == NOON


def test_an_earlier_talk_stands_where_it_happened_and_does_not_turn_the_clock_back(anke: Lead) -> None:
    log(anke, Talk.CALL)

    entry = log(anke, Talk.MAIL, happened_at=NOON - 50 * HOUR)

    assert entry.at == NOON - 50 * HOUR
    assert active_at(anke) == NOON


def test_an_earlier_first_talk_is_the_activity(anke: Lead) -> None:
    log(anke, Talk.CALL, happened_at=NOON - 50 * HOUR)

    assert active_at(anke) == NOON - 50 * HOUR


@pytest.mark.parametrize(
    ("talk", "more"),
    [(Talk.CALL, {"was_reached": False}), (Talk.CALL, {"minutes": 5}), (Talk.MEETING, {"minutes": 60})],
)
def test_a_call_that_nobody_answered_and_a_talk_with_a_length_need_no_words(
    anke: Lead, talk: Talk, more: dict[str, Any]
) -> None:
    assert log(anke, talk, "", **more).pk


@pytest.mark.parametrize(
    ("talk", "text", "more", "field"),
    [
        (Talk.CALL, "", {}, "text"),
        (Talk.NOTE, " \n\x00 ", {"minutes": 5}, "text"),
        (Talk.MAIL, "", {"was_reached": False}, "text"),
        (Talk.NOTE, "x" * 10_001, {}, "text"),
        (Talk.CALL, "Said.", {"happened_at": NOON + HOUR}, "happened_at"),
        (Talk.CALL, "Said.", {"minutes": -1}, "minutes"),
        (Talk.CALL, "Said.", {"minutes": 24 * 60 + 1}, "minutes"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    anke: Lead, talk: Talk, text: str, more: dict[str, Any], field: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        log(anke, talk, text, **more)

    assert list(refused.value.message_dict) == [field]
    assert JournalEntry.objects.exclude(verb="lead.created").count() == 0


def test_a_next_step_has_words_and_a_moment(anke: Lead, sami: Person) -> None:
    stored = actions.set_next_step(anke, " Call \n Anke ", due_at=NOON + HOUR, by=sami, at=NOON)

    assert (stored.next_step, stored.next_step_at, stored.version) == ("Call Anke", NOON + HOUR, 2)
    entry = JournalEntry.objects.get(verb="lead.next_step_set")
    assert (str(entry.line), entry.facts["due"]) == ("set the next step: Call Anke", (NOON + HOUR).isoformat())


@pytest.mark.parametrize(
    ("text", "due_at", "field"),
    [("", NOON, "next_step"), ("Call", None, "next_step_at"), ("x" * 201, NOON, "next_step")],
)
def test_half_a_step_is_none(anke: Lead, text: str, due_at: datetime | None, field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        actions.set_next_step(anke, text, due_at=due_at, by=None, at=NOON)

    assert list(refused.value.message_dict) == [field]


def test_a_closed_deal_has_no_next_step() -> None:
    with pytest.raises(ValidationError, match="closed"):
        actions.set_next_step(closed_lead(), "Call", due_at=NOON, by=None, at=NOON)


def test_a_step_is_ticked_off_with_a_word(anke: Lead, sami: Person) -> None:
    actions.set_next_step(anke, "Call", due_at=NOON, by=sami, at=NOON)

    stored = actions.finish_next_step(anke, by=sami, at=NOON + HOUR, text=" Reached her. ")

    assert (stored.next_step, stored.next_step_at, stored.version) == ("", None, 3)
    entry = JournalEntry.objects.get(verb="lead.next_step_done")
    assert entry.personal == {"step": "Call", "text": "Reached her."}
    with pytest.raises(ValidationError, match="No next step"):
        actions.finish_next_step(anke, by=sami, at=NOON + HOUR)


def test_who_only_reads_talks_to_nobody(anke: Lead) -> None:
    rita = person("Rita Reader", Role.READ_ONLY)

    with pytest.raises(PermissionDenied):
        log(anke, Talk.CALL, by=rita)
    with pytest.raises(PermissionDenied):
        actions.set_next_step(anke, "Call", due_at=NOON, by=rita, at=NOON)
    with pytest.raises(PermissionDenied):
        actions.finish_next_step(anke, by=rita, at=NOON)


def test_a_deleted_lead_has_no_next_step(anke: Lead) -> None:
    Lead.objects.filter(pk=anke.pk).update(deleted_at=NOON)

    with pytest.raises(Lead.DoesNotExist):
        actions.set_next_step(anke, "Call", due_at=NOON, by=None, at=NOON)
