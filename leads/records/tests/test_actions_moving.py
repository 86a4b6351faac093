"""Moving leads: forwards, backwards with a reason, to an end and out of it; of two movers at once one wins."""

import threading
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction

from leads.funnel.models import Reason
from leads.records import actions, moving
from leads.records.actions import MovedElsewhere, MovedMeanwhile
from leads.records.models import Deal, Lead, StagePassage
from leads.records.tests.factories import NOON, closed_lead, lead, person, stage
from workspace.journal.models import JournalEntry
from workspace.people.models import Person
from workspace.people.roles import Role

HOUR = timedelta(hours=1)
LATER = NOON + 3 * HOUR


@pytest.fixture
def sami(db: None) -> Person:
    return person("Sami Rep")


@pytest.fixture
def anke(db: None) -> Lead:
    return lead("anke@ostertal.example")


@pytest.fixture
def gates(monkeypatch: pytest.MonkeyPatch) -> list[moving.Gate]:
    standing: list[moving.Gate] = []
    monkeypatch.setattr(moving, "_gates", standing)
    return standing


def move(one: Lead, slug: str, at: datetime = LATER, **more: Any) -> Lead:
    return actions.move(one, stage(slug), by=more.pop("by", None), at=at, **more)


def reason(kind: str, name: str = "") -> Reason:
    reasons = Reason.objects.filter(kind=kind)
    return reasons.get(name=name) if name else reasons.filter(asks_text=False)[0]


def test_a_move_ends_one_stay_and_begins_the_next(anke: Lead, sami: Person) -> None:
    moved = move(anke, "mql", by=sami)

    assert (moved.stage.slug, moved.furthest_stage.slug, moved.stage_entered_at) == ("mql", "mql", LATER)
    assert moved.version == 2
    deal = Deal.objects.get()
    assert (deal.stage.slug, deal.furthest_stage.slug, deal.closed_at) == ("mql", "mql", None)
    stays = deal.passages.values_list("stage__slug", "entered_at", "left_at", "by")
    assert list(stays) == [("new", NOON, LATER, None), ("mql", LATER, None, sami.pk)]
    entry = JournalEntry.objects.get(verb="lead.moved")
    assert str(entry.line) == "moved it from New to MQL"
    assert entry.facts | {} == {
        "came_from": "New", "from_stage": "new", "to": "MQL", "to_stage": "mql", "seconds": 3 * 3_600, "deal": 1,
        "reason": "",
    }  # fmt: skip


def test_moving_back_takes_a_reason_and_the_furthest_stage_stays(anke: Lead) -> None:
    move(anke, "sql")

    with pytest.raises(ValidationError) as refused:
        move(anke, "mql", LATER + HOUR, reason_text="  ")
    assert list(refused.value.message_dict) == ["reason_text"]

    back = move(anke, "mql", LATER + HOUR, reason_text="No budget this year.")
    assert (back.stage.slug, back.furthest_stage.slug) == ("mql", "sql")
    assert Deal.objects.get().furthest_stage.slug == "sql"
    entry = JournalEntry.objects.filter(verb="lead.moved").latest("pk")
    assert entry.personal["reason_text"] == "No budget this year."


def test_a_won_lead_is_closed_and_its_next_step_is_over(anke: Lead) -> None:
    actions.set_next_step(anke, "Call", due_at=LATER, by=None, at=NOON)

    won = move(anke, "won")

    assert (won.closed_at, won.next_step, won.next_step_at, won.lost_reason) == (LATER, "", None, None)
    assert won.furthest_stage.slug == "won"
    deal = Deal.objects.get()
    assert (deal.closed_at, deal.outcome) == (LATER, "won")


@pytest.mark.parametrize("slug", ["lost", "disqualified"])
def test_a_bad_end_has_a_reason_of_its_own_list(anke: Lead, slug: str) -> None:
    other_list = "disqualified" if slug == "lost" else "lost"
    for wrong in (None, reason(other_list), reason("rejected")):
        with pytest.raises(ValidationError) as refused:
            move(anke, slug, reason=wrong)
        assert list(refused.value.message_dict) == ["reason"]

    ended = move(anke, slug, reason=reason(slug), reason_text="Said so on the phone.")

    assert (ended.closed_at, ended.lost_reason) == (LATER, reason(slug))
    assert ended.furthest_stage.slug == "new", "an end that is no win is no progress"
    deal = Deal.objects.get()
    assert (deal.outcome, deal.reason, deal.reason_text) == (slug, reason(slug), "Said so on the phone.")


def test_other_asks_for_words(anke: Lead) -> None:
    with pytest.raises(ValidationError) as refused:
        move(anke, "lost", reason=reason("lost", "Other"))
    assert list(refused.value.message_dict) == ["reason_text"]

    assert move(anke, "lost", reason=reason("lost", "Other"), reason_text="Sold the plant.").closed_at


def test_reopening_takes_words_and_clears_the_end(anke: Lead) -> None:
    move(anke, "lost", reason=reason("lost"))

    with pytest.raises(ValidationError, match="Moving back takes a reason"):
        move(anke, "proposal", LATER + HOUR)
    reopened = move(anke, "proposal", LATER + HOUR, reason_text="They called again.")

    assert (reopened.closed_at, reopened.lost_reason) == (None, None)
    deal = Deal.objects.get()
    assert (deal.closed_at, deal.outcome, deal.reason, deal.reason_text) == (None, "", None, "")
    assert deal.number == 1


def test_who_saw_it_elsewhere_is_told_where_it_is(anke: Lead) -> None:
    move(anke, "sal")

    with pytest.raises(MovedMeanwhile) as told:
        move(anke, "mql", LATER + HOUR, seen_in=stage("new"))

    assert told.value.lead.stage.slug == "sal"
    assert "SAL" in str(told.value)
    with pytest.raises(MovedMeanwhile):
        move(anke, "sal", LATER + HOUR)


def test_nothing_is_moved_before_it_came_where_it_is(anke: Lead) -> None:
    with pytest.raises(ValidationError) as refused:
        move(anke, "mql", NOON - HOUR)

    assert list(refused.value.message_dict) == ["at"]


def test_a_retired_stage_takes_nobody(anke: Lead) -> None:
    sal = stage("sal")
    sal.is_active = False
    sal.save()

    with pytest.raises(ValidationError, match="no longer in use"):
        actions.move(anke, sal, by=None, at=LATER)


def test_who_only_reads_moves_nothing(anke: Lead) -> None:
    with pytest.raises(PermissionDenied):
        move(anke, "mql", by=person("Rita Reader", Role.READ_ONLY))


def test_a_gate_refuses_with_its_reason(anke: Lead, gates: list[moving.Gate]) -> None:
    gates.append(lambda _lead, to, _by: moving.refuse("Two answers are missing.") if to.slug == "mql" else moving.ALLOW)

    with pytest.raises(ValidationError) as refused:
        move(anke, "mql")

    assert refused.value.message_dict == {"stage": ["Two answers are missing."]}
    assert move(anke, "engaged").stage.slug == "engaged"


def test_a_gate_sends_elsewhere(anke: Lead, gates: list[moving.Gate]) -> None:
    gates.append(lambda _lead, _to, _by: moving.instead("/handoffs/new/"))

    with pytest.raises(MovedElsewhere) as told:
        move(anke, "sal")

    assert told.value.url == "/handoffs/new/"
    anke.refresh_from_db()
    assert anke.stage.slug == "new"


def test_the_first_gate_that_does_not_allow_decides(anke: Lead, gates: list[moving.Gate]) -> None:
    moving.gate(lambda _lead, _to, _by: moving.ALLOW)
    moving.gate(lambda _lead, _to, _by: moving.refuse("First."))
    moving.gate(lambda _lead, _to, _by: moving.refuse("Second."))

    with pytest.raises(ValidationError, match="First"):
        move(anke, "mql")
    with pytest.raises(ValueError, match="twice"):
        moving.gate(gates[0])


def test_the_next_deal_of_a_customer_leaves_the_first_as_it_was(sami: Person) -> None:
    won = closed_lead("won", value="48000", offering="Pilot")

    deal = actions.open_next_deal(won, stage=stage("sql"), by=sami, at=NOON + 30 * HOUR)

    won.refresh_from_db()
    assert (won.stage.slug, won.closed_at, won.value, won.offering, won.value_base) == ("sql", None, None, None, None)
    assert won.furthest_stage.slug == "won", "how far any deal came"
    first = Deal.objects.get(number=1)
    assert (first.is_current, first.outcome, first.value) == (False, "won", Decimal(48_000))
    assert (deal.number, deal.is_current, deal.furthest_stage.slug) == (2, True, "sql")
    assert str(JournalEntry.objects.latest("pk").line) == "opened deal 2, in SQL"
    actions.move(won, stage("proposal"), by=sami, at=NOON + 31 * HOUR)
    assert Deal.objects.get(number=1).stage.slug == "won"


def test_the_next_deal_waits_for_the_end_of_the_one_before(anke: Lead) -> None:
    with pytest.raises(ValidationError, match="still open"):
        actions.open_next_deal(anke, by=None, at=LATER)
    with pytest.raises(ValidationError, match="open stage"):
        actions.open_next_deal(closed_lead("won"), stage=stage("lost"), by=None, at=NOON + 30 * HOUR)


def test_a_deal_is_in_one_stage_at_a_time(anke: Lead) -> None:
    deal = Deal.objects.get()

    with pytest.raises(IntegrityError, match="one_present_stage_a_deal"), transaction.atomic():
        StagePassage.objects.create(deal=deal, stage=stage("sql"), entered_at=LATER)
    with pytest.raises(IntegrityError, match="one_current_deal_a_lead"), transaction.atomic():
        Deal.objects.create(
            lead=anke, number=2, opened_at=LATER, stage=deal.stage, furthest_stage=deal.stage, is_current=True
        )


@pytest.mark.django_db(transaction=True)
def test_of_four_who_move_at_once_one_wins_and_the_others_are_told_where_it_is() -> None:
    movers = [person(f"Mover {number}") for number in range(4)]
    anke, here = lead("anke@ostertal.example"), stage("new")
    targets = [stage(slug) for slug in ("engaged", "mql", "sal", "sql")]
    together = threading.Barrier(4)
    outcomes: list[Lead | MovedMeanwhile] = []

    def try_to_move(number: int) -> None:
        connection.ensure_connection()
        together.wait()
        try:
            outcomes.append(
                actions.move(anke, targets[number], seen_in=here, by=movers[number], at=LATER + number * HOUR)
            )
        except MovedMeanwhile as told:
            outcomes.append(told)
        finally:
            connection.close()

    threads = [threading.Thread(target=try_to_move, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    (winner,) = (one for one in outcomes if isinstance(one, Lead))
    losers = [one for one in outcomes if isinstance(one, MovedMeanwhile)]
    assert len(losers) == 3
    assert {told.lead.stage for told in losers} == {winner.stage}
    assert JournalEntry.objects.filter(verb="lead.moved").count() == 1
    assert StagePassage.objects.count() == 2
