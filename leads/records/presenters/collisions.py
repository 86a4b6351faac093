"""What an edit collided with, in words: per field who wrote what, when, and what was to take its place."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from leads.records.actions import ChangedMeanwhile
from leads.records.presenters import timeline


@dataclass(frozen=True)
class Told:
    """One field. `at` is None where the journal tells nobody's change of it."""

    label: str
    theirs: str
    mine: str
    who: str
    at: dt.datetime | None


def told(error: ChangedMeanwhile | None) -> list[Told]:
    """The fields that collided; none where nothing did."""
    return [
        Told(words.label, words.old, words.new, str(one.by) if one.by else _("Somebody"), one.at)
        for one in (error.collisions if error else [])
        for words in [timeline.changed_in(one.change.as_fact())]
    ]
