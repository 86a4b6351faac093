"""Who is told of late promises, and when; practice mode; handing over what somebody owes who leaves."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from workspace.commitments import actions
from workspace.commitments.models import Commitment
from workspace.commitments.options import PRACTICE
from workspace.commitments.tests.owing import TEN, at, promise
from workspace.journal.models import JournalEntry
from workspace.people.models import Person
from workspace.people.roles import Role
from workspace.tests.people import person

pytestmark = pytest.mark.django_db


def escalations() -> list[tuple[str, int, str]]:
    entries = JournalEntry.objects.filter(verb="commitment.escalated").order_by("pk")
    return [(entry.personal["to"], entry.facts["level"], f"{entry.at:%dT%H:%M}") for entry in entries]


@pytest.mark.usefixtures("for_real", "ruth")
def test_the_lead_of_those_who_owe_it_is_told_then_the_revenue_lead(priya: Person, leo: Person, tomasz: Person) -> None:
    promise(priya)

    actions.tick(at("17T12:01"))
    actions.tick(at("18T11:00"))
    assert escalations() == [("Leo Castell", 1, "17T12:01")]

    actions.tick(at("18T12:02"))
    actions.tick(at("25T12:00"))

    assert escalations() == [("Leo Castell", 1, "17T12:01"), ("Tomasz Wilk", 2, "18T12:02")]
    assert Commitment.objects.get().next_tick_at is None


@pytest.mark.usefixtures("for_real", "tomasz")
def test_escalations_fall_into_working_time(priya: Person, leo: Person) -> None:
    made = promise(priya, hours=8)
    assert made.due_at == at("17T18:00")

    actions.tick(at("17T18:00:03"))
    made.refresh_from_db()
    assert (made.breached_at, escalations()) == (at("17T18:00"), [])
    assert made.next_tick_at == at("18T09:00")

    actions.tick(at("18T09:00:02"))
    assert escalations() == [("Leo Castell", 1, "18T09:00")]


@pytest.mark.usefixtures("for_real", "tomasz")
def test_a_clock_that_was_down_tells_nobody_at_night(priya: Person, leo: Person) -> None:
    promise(priya)

    actions.tick(at("19T03:00"))
    assert escalations() == []
    actions.tick(at("19T09:00:01"))
    assert escalations() == [("Leo Castell", 1, "19T09:00")]


@pytest.mark.usefixtures("for_real")
def test_where_the_lead_owes_it_the_revenue_lead_is_told_at_once(leo: Person, tomasz: Person) -> None:
    promise(leo)

    actions.tick(at("17T12:01"))

    assert escalations() == [("Tomasz Wilk", 2, "17T12:01")]
    assert Commitment.objects.get().next_tick_at is None


@pytest.mark.usefixtures("for_real", "tomasz", "leo")
def test_what_is_kept_late_is_escalated_no_further(priya: Person) -> None:
    made = promise(priya)
    actions.tick(at("17T12:01"))

    actions.finish(made, by=priya, at=at("17T13:00"))

    assert actions.tick(at("30T12:00")) == 0
    assert len(escalations()) == 1


@pytest.mark.usefixtures("leo")
def test_in_practice_mode_a_miss_is_a_fact_that_nobody_is_told_of(priya: Person, tomasz: Person) -> None:
    made = promise(priya)

    actions.tick(at("18T12:00"))

    made.refresh_from_db()
    assert made.is_practice
    assert (made.breached_at, made.escalate_at, made.next_tick_at) == (at("17T12:00"), None, None)
    assert JournalEntry.objects.get(verb="commitment.breached").facts["is_practice"] is True


def test_the_revenue_lead_starts_the_clocks_and_what_was_missed_stays_practice(
    priya: Person, leo: Person, tomasz: Person
) -> None:
    missed, running = promise(priya, "missed"), promise(priya, "running", hours=20)
    kept = actions.finish(promise(priya, "kept"), by=priya, at=TEN)
    actions.tick(at("17T15:00"))

    with pytest.raises(PermissionDenied):
        actions.start_clocks(by=leo, at=TEN)
    actions.start_clocks(by=tomasz, at=at("17T15:00"))

    practice = dict(Commitment.objects.values_list("text", "is_practice"))
    assert practice == {missed.text: True, running.text: False, kept.text: True}
    assert PRACTICE.get() is False
    assert promise(priya).is_practice is False


@pytest.mark.usefixtures("for_real")
def test_what_somebody_owes_goes_into_hands_of_the_same_department(priya: Person, leo: Person, mara: Person) -> None:
    made, kept = promise(priya), actions.finish(promise(priya), by=priya, at=TEN)

    with pytest.raises(ValidationError, match="stay in it"):
        actions.hand_over(priya, mara, by=leo, at=TEN)
    with pytest.raises(ValidationError, match="who stays"):
        actions.hand_over(priya, priya, by=leo, at=TEN)
    handed = actions.hand_over(priya, leo, by=leo, at=TEN)

    assert [one.pk for one in handed] == [made.pk]
    kept.refresh_from_db()
    assert kept.debtor == priya
    entry = JournalEntry.objects.get(verb="commitment.handed_over")
    assert str(entry.line) == "handed the promise from Priya Raman to Leo Castell: Answer the objection"


@pytest.mark.usefixtures("for_real")
def test_the_clock_runs_in_the_hours_of_whoever_owes_it_now(priya: Person) -> None:
    from workspace.worktime import actions as worktime
    from workspace.worktime.models import Absence

    hanna = person("Hanna Weiss", Role.MARKETER, "M")
    away = {"first_date": at("17T00:00").date(), "last_date": at("20T00:00").date()}
    worktime.save_absence(Absence(person=hanna), away, by=hanna, at=TEN)
    made = promise(priya)

    actions.hand_over(priya, hanna, by=None, at=at("17T11:00"))

    made.refresh_from_db()
    assert (made.debtor, made.due_at) == (hanna, at("23T11:00"))
