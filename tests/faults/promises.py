"""Promises that fall due meanwhile: each is to be warned of, or missed and taken to who leads, exactly once."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field

from django.utils import timezone

from tests.faults.place import Place
from workspace.commitments import actions
from workspace.commitments.models import Commitment
from workspace.journal.models import JournalEntry
from workspace.notices.models import Notice
from workspace.people.models import Department

LONG, SHORT = 10 * 3_600, 3_600
WARNED_AFTER = 8 * 3_600
LATEST_SECONDS = 8


@dataclass
class Promises:
    """`nearly` are promises that are warned of in these minutes and due in hours; `late` ones are due in these minutes."""

    place: Place
    nearly: list[int] = field(default_factory=list)
    late: list[int] = field(default_factory=list)

    def make(self, each: int) -> None:
        """So many of both kinds, whose moments come within the next seconds."""
        for begun, seconds, kept in ((WARNED_AFTER, LONG, self.nearly), (SHORT, SHORT, self.late)):
            for _number in range(each):
                at = timezone.now() - dt.timedelta(seconds=begun - self.place.random.uniform(1, LATEST_SECONDS))
                kept.append(actions.make(self._draft(seconds), by=self.place.priya, at=at).pk)

    def _draft(self, seconds: int) -> actions.Draft:
        sides = {department.key: department for department in Department.objects.all()}
        return actions.Draft(
            "promise",
            "Answer the objection",
            debtor=self.place.priya,
            debtor_department=sides["M"],
            creditor_department=sides["S"],
            target_seconds=seconds,
        )

    def are_marked(self) -> bool:
        """Whether the clock has looked at all that fell due."""
        made = Commitment.objects.filter(pk__in=[*self.nearly, *self.late])
        return not made.filter(next_tick_at__lt=timezone.now()).exists()

    def compare(self) -> tuple[int, int, int]:
        """How many warnings, misses and escalations there had to be, how many are missing, and how many came twice.

        What is told in the journal without a notice to whom it concerns, or with two of them, counts alike. Where the clock
        was down until a promise was late, its warning is left out: who missed it is told that alone.
        """
        warned, missed, taken = (
            self._told(verb, person)
            for verb, person in (
                ("commitment.warned", self.place.priya.pk),
                ("commitment.breached", self.place.priya.pk),
                ("commitment.escalated", self.place.leo.pk),
            )
        )
        had_to_be = [(pk, warned) for pk in self.nearly] + [(pk, told) for pk in self.late for told in (missed, taken)]
        lost = sum(pk not in told for pk, told in had_to_be)
        ours = {*self.nearly, *self.late}
        twice = sum(times - 1 for told in (warned, missed, taken) for pk, times in told.items() if pk in ours)
        early = sum(pk in told for pk in self.nearly for told in (missed, taken))
        return len(had_to_be), lost, twice + early

    @staticmethod
    def _told(verb: str, person: int) -> Counter[int]:
        """How often each promise was told of, in the journal or in `person`'s bell, whichever is more."""
        entries = dict(JournalEntry.objects.filter(verb=verb).values_list("pk", "subject_id"))
        in_bell = Counter(Notice.objects.filter(person=person, entry_id__in=entries).values_list("entry_id", flat=True))
        told: Counter[int] = Counter()
        for entry, promise in entries.items():
            # An entry that nobody was told of leaves the promise untold.
            told[promise] += in_bell[entry]
        return told + Counter()

    def waited(self) -> list[float]:
        """The seconds between each moment at which something fell due and that at which it was told."""
        warned = JournalEntry.objects.filter(verb="commitment.warned", subject_id__in=self.nearly)
        missed = JournalEntry.objects.filter(verb="commitment.breached", subject_id__in=self.late)
        return [(entry.recorded_at - entry.at).total_seconds() for entry in (*warned, *missed)]
