"""What Fennmark's departments owe each other: kept, kept late, running, nearly due, late, and paused."""

import datetime as dt
from typing import Final

from workspace.commitments import actions
from workspace.commitments.models import Commitment
from workspace.commitments.options import PRACTICE
from workspace.options import actions as options
from workspace.people import demo
from workspace.people.models import Department, Person
from workspace.worktime.resolving import Book

HOUR: Final = 3_600

# Who promised, to whom, what, with how many working hours, how many of them are over, and the word with which it was kept.
_PROMISES: Final = (
    ("marketer", "rep", "A reference from a paper mill for Lindqvist Papper", 18, 26, "Noordzee agreed to be called."),
    (
        "rep",
        "marketer",
        "Say which three trade fairs brought real talks this year",
        18,
        9,
        "Hannover, Lyon, Gothenburg.",
    ),
    (
        "hanna",
        "ines",
        "One page on mounting sensors without stopping the line",
        27,
        31,
        "Glued in one shift; with pictures.",
    ),
    ("felix", "hanna", "Two customers who speak in the retrofit webinar", 45, 20, "Ostertal and Farrell do."),
    ("marketer", "", "Answer the objection “our IT allows no cloud” with a one-page note", 18, 4, None),
    ("rep", "marketer", "Why the three leads of the Lyon fair were sent back", 9, 8, None),
    ("hanna", "rep", "Slides on bearing failures for the Ostertal visit", 18, 21, None),
    ("sales-lead", "marketing-lead", "The list of target accounts for the first quarter", 45, 12, None),
    ("ines", "hanna", "Numbers for the Corvane case study", 27, 6, None),
)
_PAUSED: Final = "Numbers for the Corvane case study"


def load(now: dt.datetime) -> None:
    """Tell it as seen at `now`, in the company's own working time; the clocks run for real."""
    options.change(PRACTICE, False, by=None, at=now, is_demo=True)
    people = demo.cast()
    for debtor, creditor, text, hours, over, word in _PROMISES:
        start = _back(people[debtor], now, over)
        made = actions.make(_draft(people[debtor], people.get(creditor), text, hours), by=people[debtor], at=start)
        if word is not None:
            done = Book([people[debtor].pk]).of_person(people[debtor].pk).deadline(start, over * HOUR)
            actions.meet(made, by=people[debtor], at=done, text=word)
        elif text == _PAUSED:
            actions.pause(made, by=people["hanna"], at=now, reason="Corvane’s lawyers read it until Friday.")


def remove(by: Person | None, at: dt.datetime) -> None:
    """All of it, with what others promised to demo people; and practice mode again, for whoever comes."""
    people = Person.objects.filter(is_demo=True)
    gone = Commitment.objects.filter(is_demo=True) | Commitment.objects.filter(debtor__in=people, is_promise=False)
    gone.delete()
    options.change(PRACTICE, True, by=by, at=at)


def _draft(debtor: Person, creditor: Person | None, text: str, hours: int) -> actions.Draft:
    owing = Department.objects.get(key=debtor.department_keys[0])
    return actions.Draft(
        "promise",
        text,
        debtor=debtor,
        debtor_department=owing,
        creditor=creditor,
        creditor_department=Department.objects.exclude(pk=owing.pk).get(),
        target_seconds=hours * HOUR,
        is_demo=True,
    )


def _back(person: Person, now: dt.datetime, hours: int) -> dt.datetime:
    """A whole hour since which so much of this person's working time has passed."""
    worked = Book([person.pk]).of_person(person.pk)
    start = now.replace(minute=0, second=0, microsecond=0)
    while worked.elapsed(start, now) < hours * HOUR:
        start -= dt.timedelta(hours=1)
    return start
