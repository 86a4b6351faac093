"""A commitment goes from state to state as its model says, and no other way; promises run, and Tuesday at ten is now."""

from collections.abc import Callable
from contextlib import suppress

import pytest
from django.core.exceptions import ValidationError

from workspace.commitments import actions
from workspace.commitments.models import Commitment
from workspace.commitments.tests.owing import TEN, at, promise
from workspace.errors import Conflict

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("for_real")]
LATER = at("19T12:00")
State = Commitment.State
Act = Callable[[Commitment], object]

ACTS: dict[str, Act] = {
    "pause": lambda one: actions.pause(one, by=None, at=TEN, reason="They are away"),
    "pause too late": lambda one: actions.pause(one, by=None, at=LATER, reason="They are away"),
    "resume": lambda one: actions.resume(one, by=None, at=TEN),
    "keep": lambda one: actions.meet(one, by=None, at=TEN),
    "keep late": lambda one: actions.meet(one, by=None, at=LATER),
    "let go": lambda one: actions.cancel(one, by=None, at=TEN, reason="Found it"),
    "the clock looks": lambda _one: actions.tick(LATER),
}
INTO: dict[State, str] = {
    State.PAUSED: "pause", State.MET: "keep", State.MET_LATE: "keep late", State.CANCELLED: "let go",
}  # fmt: skip


def one_in(state: State) -> Commitment:
    made = promise(None)
    if state in INTO:
        ACTS[INTO[state]](made)
    made.refresh_from_db()
    return made


@pytest.mark.parametrize("state", State)
def test_from_each_state_the_acts_lead_where_the_model_says_and_nowhere_else(state: State) -> None:
    reached = set()
    for act in ACTS.values():
        one = one_in(state)
        with suppress(Conflict, ValidationError):
            act(one)
        one.refresh_from_db()
        reached.add(State(one.state))

    assert reached - {state} == Commitment.MOVES[state]
