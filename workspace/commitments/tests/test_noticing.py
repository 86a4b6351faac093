"""Who is told of promises: those who owe them, those to whom they are owed, and those who lead."""

import datetime as dt
from dataclasses import replace

import pytest
from django.utils import timezone

from workspace.commitments import actions
from workspace.commitments.tests.owing import draft
from workspace.notices.models import Notice
from workspace.notices.reading import lines_of
from workspace.people.models import Person
from workspace.worktime import actions as worktime
from workspace.worktime.models import Calendar

pytestmark = pytest.mark.django_db
HOUR, MINUTE = dt.timedelta(hours=1), dt.timedelta(minutes=1)


def around_the_clock() -> None:
    """Whenever the test runs: news are what happened lately by the database's own clock."""
    always = {"week": [[[0, 1440]]] * 7}
    worktime.save_calendar(Calendar.objects.of_workspace(), always, by=None, at=timezone.now())


def told() -> list[tuple[str, str]]:
    return [
        (notice.kind, notice.person.short_name) for notice in Notice.objects.select_related("person").order_by("pk")
    ]


@pytest.mark.usefixtures("for_real")
def test_the_debtor_hears_of_the_clock_and_the_lead_of_what_is_late(priya: Person, leo: Person, mara: Person) -> None:
    now = timezone.now()
    around_the_clock()
    actions.make(draft(priya, hours=1), by=priya, at=now - 2 * HOUR)
    actions.tick(now - HOUR - 5 * MINUTE)
    actions.tick(now)

    assert told() == [
        ("promise_due", "Priya R."),
        ("promise_due", "Priya R."),
        ("promise_escalated", "Leo C."),
    ]
    notice = Notice.objects.get(kind="promise_escalated")
    assert lines_of(leo, [notice])[0].words == "A promise of your side is late: Answer the objection"


def test_in_practice_mode_nobody_is_told_of_the_clock(priya: Person, leo: Person) -> None:
    now = timezone.now()
    around_the_clock()
    actions.make(draft(priya, hours=1), by=priya, at=now - 2 * HOUR)

    actions.tick(now)

    assert told() == []


@pytest.mark.usefixtures("for_real")
def test_a_word_reaches_the_other_side(priya: Person, leo: Person, mara: Person) -> None:
    now = timezone.now()
    to_mara = actions.make(replace(draft(priya), creditor=mara), by=priya, at=now)
    assert told() == [("promise_made", "Mara L.")]

    actions.finish(to_mara, by=priya, at=now, text="Here.")
    actions.cancel(actions.make(draft(priya), by=leo, at=now), by=mara, at=now, reason="Found it")

    assert told()[1:] == [
        ("promise_answered", "Mara L."),
        ("promise_made", "Priya R."),
        ("promise_answered", "Priya R."),
    ]


@pytest.mark.usefixtures("for_real")
def test_what_is_owed_to_a_whole_department_is_told_to_all_of_it(
    priya: Person, leo: Person, mara: Person, ruth: Person
) -> None:
    made = actions.make(draft(priya), by=priya, at=timezone.now())

    actions.finish(made, by=priya, at=timezone.now())

    assert sorted(told()) == [("promise_answered", "Mara L."), ("promise_answered", "Ruth A.")]
