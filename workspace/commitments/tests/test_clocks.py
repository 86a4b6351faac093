"""The clock of a promise: made, warned, missed, kept, paused; always with the true times."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from workspace.commitments import actions, kinds
from workspace.commitments.models import Commitment
from workspace.commitments.tests.owing import HOUR, TEN, at, department, draft, promise
from workspace.journal.models import JournalEntry
from workspace.people.models import Person
from workspace.worktime import actions as worktime
from workspace.worktime.hours import NeverOpen
from workspace.worktime.models import Absence, Calendar

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("for_real")]
State = Commitment.State


def told() -> list[str]:
    return [entry.verb for entry in JournalEntry.objects.exclude(verb="option.changed").order_by("pk")]


def test_a_promise_is_due_in_working_time_and_warned_of_at_eighty_per_cent(priya: Person) -> None:
    made = promise(priya, hours=10)

    assert made.due_at == at("18T11:00")
    assert made.warn_at == at("17T18:00")
    assert made.next_tick_at == made.warn_at
    assert made.calendar == Calendar.objects.of_workspace()
    assert told() == ["commitment.made"]


def test_what_is_promised_while_it_is_closed_starts_at_the_next_opening(priya: Person) -> None:
    made = actions.make(draft(priya), by=priya, at=at("21T13:00"))

    assert made.due_at == at("23T11:00")


@pytest.mark.parametrize(
    ("made_at", "due_at"),
    [("2026-10-24T15:00", "2026-10-26T09:00"), ("2026-03-28T16:00", "2026-03-30T08:00")],
    ids=["the hour comes twice", "the hour is left out"],
)
def test_a_clock_across_the_night_of_daylight_saving_ends_at_the_same_hour_of_the_wall(
    priya: Person, made_at: str, due_at: str
) -> None:
    """Saturday at five in the afternoon in Berlin, two hours: Monday at ten there."""
    own = worktime.give_own_calendar(person=priya, by=priya, at=TEN)
    week = [[[540, 1080]]] * 6 + [[]]
    worktime.save_calendar(own, {"week": week, "time_zone": "Europe/Berlin"}, by=priya, at=TEN)
    made, due = (dt.datetime.fromisoformat(f"{moment}+00:00") for moment in (made_at, due_at))

    one = actions.make(draft(priya), by=priya, at=made)
    actions.tick(due)
    assert JournalEntry.objects.filter(verb="commitment.breached").count() == 0
    actions.tick(due + dt.timedelta(seconds=1))

    one.refresh_from_db()
    assert (one.due_at, one.breached_at) == (due, due)
    assert JournalEntry.objects.get(verb="commitment.breached").at == due


def test_a_promise_of_a_whole_department_runs_in_its_calendar(priya: Person, leo: Person) -> None:
    own = worktime.give_own_calendar(department=department("M"), by=leo, at=TEN)
    worktime.save_calendar(own, {"week": [[[600, 660]]] * 7}, by=leo, at=TEN)

    made = promise(None)

    assert made.due_at == at("18T11:00")
    assert made.calendar == own


def test_done_in_time_is_kept_and_done_later_is_kept_late_with_the_time_it_was_missed(priya: Person) -> None:
    in_time = actions.finish(promise(priya), by=priya, at=at("17T12:00"), text="Here it is.")
    late = actions.finish(promise(priya), by=priya, at=at("17T12:00:01"))

    assert (in_time.state, in_time.breached_at, in_time.answer) == (State.MET, None, "Here it is.")
    assert in_time.closed_by == priya
    assert (late.state, late.breached_at) == (State.MET_LATE, at("17T12:00"))
    assert late.warned_at == late.warn_at
    assert told() == ["commitment.made", "commitment.kept", "commitment.made", "commitment.kept_late"]


def test_the_one_who_comes_second_is_told_who_ended_it(priya: Person, mara: Person) -> None:
    made = promise(priya)
    actions.finish(made, by=priya, at=TEN)

    with pytest.raises(actions.AlreadyClosed, match="is kept already"):
        actions.cancel(made, by=mara, at=TEN, reason="Not needed")


def test_the_clock_marks_warning_and_miss_with_their_own_times_after_a_day_down(priya: Person) -> None:
    made = promise(priya)

    assert actions.tick(at("18T12:34")) == 1

    made.refresh_from_db()
    assert made.state == State.RUNNING
    assert made.warned_at == at("17T11:36")
    assert made.breached_at == at("17T12:00")
    missed = JournalEntry.objects.get(verb="commitment.breached")
    assert missed.at == at("17T12:00")
    assert str(missed.line) == "the time is up: Answer the objection"
    assert "commitment.warned" not in told(), "who missed it is not warned any more"


def test_the_clock_warns_once_and_comes_back_when_it_is_due(priya: Person) -> None:
    made = promise(priya)

    assert [actions.tick(at(moment)) for moment in ("17T11:30", "17T11:37", "17T11:38", "17T12:00:01", "17T12:05")] == [
        0, 1, 0, 1, 0,
    ]  # fmt: skip
    made.refresh_from_db()
    assert made.warned_at == at("17T11:36")
    # What nobody leads goes nowhere; the rest of the story is told once.
    assert told()[:3] == ["commitment.made", "commitment.warned", "commitment.breached"]


def test_what_is_kept_let_go_or_paused_is_left_alone_by_the_clock(priya: Person, mara: Person) -> None:
    actions.finish(promise(priya), by=priya, at=TEN)
    actions.cancel(promise(priya), by=mara, at=TEN, reason="Found it")
    actions.pause(promise(priya), by=mara, at=TEN, reason="They are away")

    assert actions.tick(at("30T12:00")) == 0


def test_the_clock_handles_five_hundred_rows_in_a_fixed_number_of_statements(
    priya: Person, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    actions.make_many([draft(priya, hours=hours) for hours in (2, 20) for _row in range(400)], by=priya, at=TEN)

    # Savepoint and its release; the marks; the journal's entries, and who is told of them by two kinds of notices, and by
    # webhooks. The first 400 only are missed, on a Tuesday night on which nobody who leads is told, for which: the rows, an
    # option, who leads, calendars, special days, the next time.
    with django_assert_num_queries(13):  # type: ignore[operator]
        assert actions.tick(at("17T23:00")) == 400

    assert Commitment.objects.filter(breached_at=at("17T12:00")).count() == 400
    assert JournalEntry.objects.filter(verb="commitment.breached").count() == 400
    # By Thursday the others are due, and five hundred are looked at at a time.
    assert [actions.tick(at("19T23:00")) for _round in range(3)] == [500, 300, 0]


def test_a_pause_keeps_the_working_time_that_is_left(priya: Person, mara: Person) -> None:
    made = promise(priya, hours=10)

    paused = actions.pause(made, by=mara, at=at("17T17:00"), reason="They are away")
    assert (paused.state, paused.remaining_seconds, paused.next_tick_at) == (State.PAUSED, 3 * HOUR, None)

    running = actions.resume(paused, by=mara, at=at("21T12:00"))
    assert running.state == State.RUNNING
    assert running.due_at == at("23T12:00")
    # Eight of ten hours were to pass before a warning, and seven had.
    assert running.warn_at == at("23T10:00")
    assert actions.finish(running, by=priya, at=at("23T12:00")).state == State.MET


def test_nobody_stops_their_own_clock_and_nobody_pauses_what_is_missed(
    priya: Person, mara: Person, leo: Person
) -> None:
    made = promise(priya)

    with pytest.raises(PermissionDenied):
        actions.pause(made, by=priya, at=TEN, reason="Later")
    with pytest.raises(ValidationError, match="Say why"):
        actions.pause(made, by=mara, at=TEN, reason=" ")
    with pytest.raises(ValidationError, match="time is up"):
        actions.pause(made, by=mara, at=at("17T13:00"), reason="Later")
    assert actions.pause(made, by=leo, at=TEN, reason="On leave").state == State.PAUSED
    with pytest.raises(ValidationError, match="paused already"):
        actions.pause(made, by=mara, at=TEN, reason="Again")


def test_done_while_paused_is_kept(priya: Person, mara: Person) -> None:
    made = actions.pause(promise(priya), by=mara, at=TEN, reason="They are away")

    assert actions.finish(made, by=priya, at=at("30T10:00")).state == State.MET


def test_a_colleague_keeps_it_and_the_other_side_does_not(priya: Person, leo: Person, mara: Person) -> None:
    made = promise(priya)

    with pytest.raises(PermissionDenied):
        actions.finish(made, by=mara, at=TEN)
    assert actions.finish(made, by=leo, at=TEN).closed_by == leo


def test_only_whom_it_is_owed_to_lets_go_of_it_and_says_why(priya: Person, mara: Person) -> None:
    made = promise(priya)

    with pytest.raises(PermissionDenied):
        actions.cancel(made, by=priya, at=TEN, reason="No time")
    with pytest.raises(ValidationError, match="Say why"):
        actions.cancel(made, by=mara, at=TEN, reason="")
    gone = actions.cancel(made, by=mara, at=TEN, reason="Found it")
    assert (gone.state, gone.answer) == (State.CANCELLED, "Found it")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"text": "  "}, "text"),
        ({"text": "x" * 301}, "text"),
        ({"creditor_department": None}, "creditor_department"),
        ({"creditor_department": "M"}, "creditor_department"),
        ({"debtor_department": None, "debtor": None}, "debtor"),
        ({"target_seconds": 400 * 86_400}, "target_seconds"),
        ({"target_seconds": None, "due_at": at("17T10:00") + dt.timedelta(days=9_000)}, "due_at"),
    ],
)
def test_what_is_no_promise_is_refused(priya: Person, changed: dict[str, object], field: str) -> None:
    if changed.get("creditor_department") == "M":
        changed = {"creditor_department": department("M")}
    values = {**draft(priya).__dict__, **changed}

    with pytest.raises(ValidationError) as refusal:
        actions.make(actions.Draft(**values), by=priya, at=TEN)
    assert list(refusal.value.message_dict) == [field]


def test_a_calendar_without_open_windows_is_a_clear_error(priya: Person) -> None:
    own = worktime.give_own_calendar(person=priya, by=priya, at=TEN)
    Calendar.objects.filter(pk=own.pk).update(week=[[]] * 7)  # as an earlier version let it be

    with pytest.raises(NeverOpen, match="Nothing opens within 370 days"):
        promise(priya)
    assert not Commitment.objects.exists()


def test_who_is_away_for_years_promises_nothing(priya: Person) -> None:
    away = {"first_date": at("17T00:00").date(), "last_date": dt.date(2028, 12, 31)}
    worktime.save_absence(Absence(person=priya), away, by=priya, at=TEN)

    with pytest.raises(NeverOpen, match="Nothing opens within 370 days"):
        promise(priya)


def test_the_database_knows_no_half_promise(priya: Person) -> None:
    for broken in (
        {"creditor_department": None},
        {"state": "paused"},
        {"state": "met"},
        {"debtor_department": department("S")},
        {"subject_kind": "lead"},
    ):
        made = promise(priya)
        with pytest.raises(IntegrityError), transaction.atomic():
            Commitment.objects.filter(pk=made.pk).update(**broken)


# When calendars change


@pytest.fixture
def recomputed(eager_tasks: None, django_capture_on_commit_callbacks: pytest.FixtureRequest) -> object:
    """Runs what calendars start."""
    return django_capture_on_commit_callbacks


def test_a_change_of_calendar_computes_open_deadlines_anew(priya: Person, recomputed: pytest.FixtureRequest) -> None:
    made, late = promise(priya, hours=10), promise(priya, hours=1)
    actions.tick(at("17T12:30"))

    with recomputed(execute=True):  # type: ignore[operator]
        worktime.save_calendar(Calendar.objects.of_workspace(), {"week": [[[600, 960]]] * 7}, by=None, at=TEN)

    # The job runs now, so that deadlines of last Tuesday are those of a job that came too late: none is moved back.
    made.refresh_from_db()
    late.refresh_from_db()
    assert late.breached_at == at("17T11:00")
    actions.recompute([made.pk, late.pk], at=at("17T13:00"))
    made.refresh_from_db()
    late.refresh_from_db()
    assert made.due_at == at("18T14:00")
    assert late.due_at == at("17T11:00"), "what was missed stays missed"


def test_nobody_becomes_late_in_hindsight(priya: Person) -> None:
    made = promise(priya, hours=10)
    worktime.save_calendar(Calendar.objects.of_workspace(), {"week": [[[0, 1440]]] * 7}, by=None, at=at("18T09:30"))

    actions.recompute([made.pk], at=at("18T09:30"))

    made.refresh_from_db()
    assert made.due_at == at("18T09:30"), "around the clock it would have been due at eight last night"


def test_an_absence_moves_the_clocks_of_that_person_alone(priya: Person, leo: Person) -> None:
    hers, his = promise(priya, hours=10), promise(leo, hours=10)
    away = {"first_date": at("18T00:00").date(), "last_date": at("20T00:00").date()}
    worktime.save_absence(Absence(person=priya), away, by=priya, at=TEN)

    assert actions.recompute([hers.pk, his.pk], at=TEN) == 1

    hers.refresh_from_db()
    his.refresh_from_db()
    assert (hers.due_at, his.due_at) == (at("23T11:00"), at("18T11:00"))


def test_a_calendar_that_shuts_for_good_leaves_deadlines_as_they_were(priya: Person) -> None:
    made = promise(priya, hours=10)
    Calendar.objects.update(week=[[]] * 7)  # as an earlier version let it be

    assert actions.recompute([made.pk], at=TEN) == 0
    made.refresh_from_db()
    assert made.due_at == at("18T11:00")


def test_many_changes_of_calendars_start_one_job(priya: Person) -> None:
    from workspace.jobs.models import Job

    for hour in (9, 10, 11):
        week = {"week": [[[hour * 60, 1080]]] * 7}
        worktime.save_calendar(Calendar.objects.of_workspace(), week, by=None, at=TEN)

    assert [job.kind for job in Job.objects.all()] == ["workspace.commitments.recompute"]


# One's own work


@pytest.fixture
def chore() -> kinds.CommitmentKind:
    """A kind of private work, as an upper room would register it."""
    if "chore" not in kinds.entries():
        kinds.register(kinds.CommitmentKind("chore", "Chore", "check", is_promise=False))
    return kinds.get("chore")


def test_private_work_is_seen_and_done_by_its_debtor_alone(
    priya: Person, leo: Person, chore: kinds.CommitmentKind
) -> None:
    made = actions.make(actions.Draft("chore", "Call Anke", debtor=priya, due_at=at("17T23:00")), by=priya, at=TEN)

    assert not Commitment.objects.visible_to(leo).exists()
    assert Commitment.objects.visible_to(priya).get() == made
    with pytest.raises(PermissionDenied):
        actions.finish(made, by=leo, at=TEN)
    assert (made.due_at, made.warn_at, made.is_practice) == (at("17T23:00"), None, False)
    actions.tick(at("18T09:00"))
    made.refresh_from_db()
    assert (made.breached_at, made.escalate_at) == (at("17T23:00"), None), "nobody else is told"


def test_what_was_due_before_it_was_made_is_missed_at_once_and_told_to_nobody(
    priya: Person, chore: kinds.CommitmentKind
) -> None:
    made = actions.make(actions.Draft("chore", "Call", debtor=priya, due_at=at("16T10:00")), by=priya, at=TEN)

    assert (made.breached_at, made.next_tick_at) == (at("16T10:00"), None)
    assert actions.tick(at("30T10:00")) == 0
