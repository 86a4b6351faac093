"""What changes commitments. Everything is written for sets; one commitment is a set of one."""

from workspace.commitments.actions.clocks import hours_for, start_clocks
from workspace.commitments.actions.ending import LONGEST_WORD, AlreadyClosed, Rewritten, cancel, finish, meet, meet_many
from workspace.commitments.actions.following import follow_dates, forget_about
from workspace.commitments.actions.handing import demand_successor, hand_over
from workspace.commitments.actions.making import Draft, make, make_many, promise
from workspace.commitments.actions.pausing import pause, resume
from workspace.commitments.actions.recomputing import recompute
from workspace.commitments.actions.ticking import tick

__all__ = [
    "LONGEST_WORD",
    "AlreadyClosed",
    "Draft",
    "Rewritten",
    "cancel",
    "demand_successor",
    "finish",
    "follow_dates",
    "forget_about",
    "hand_over",
    "hours_for",
    "make",
    "make_many",
    "meet",
    "meet_many",
    "pause",
    "promise",
    "recompute",
    "resume",
    "start_clocks",
    "tick",
]
