"""Next steps are commitments: whichever way a step comes, changes or goes, the clock goes with it."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from leads.records import actions, owing
from leads.records.actions import steps
from leads.records.actions.removing import remove_many
from leads.records.models import Lead
from leads.records.tests.factories import NOON, lead, person, stage
from workspace.commitments import actions as commitments
from workspace.commitments.models import Commitment
from workspace.journal.models import JournalEntry
from workspace.people.models import Person
from workspace.people.roles import Role

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def mara() -> Person:
    return person("Mara Lindholm")


def owed() -> list[tuple[str, object, str, str]]:
    """Text, day, debtor and state of all next steps, the first first."""
    rows = Commitment.objects.filter(kind="next_step").select_related("debtor").order_by("pk")
    return [(one.text, one.due_at, one.debtor.short_name if one.debtor else "", one.state) for one in rows]


def assert_steps_are_commitments() -> None:
    """What the leads' columns say is what is owed, for every lead."""
    said = {
        (one.pk, one.next_step, one.next_step_at, one.owner_id or one.marketer_id)
        for one in Lead.objects.living().exclude(next_step="")
    }
    held = Commitment.objects.open().filter(kind="next_step")
    assert {(one.subject_id, one.text, one.due_at, one.debtor_id) for one in held} == said


def test_a_step_is_its_owners_and_changes_in_place(mara: Person) -> None:
    made = lead("anke@kestrel.example", owner=mara)

    actions.set_next_step(made, "Call", due_at=NOON + DAY, by=mara, at=NOON)
    assert owed() == [("Call", NOON + DAY, "Mara L.", "running")]
    actions.set_next_step(made, "Write", due_at=NOON + 2 * DAY, by=mara, at=NOON)

    assert owed() == [("Write", NOON + 2 * DAY, "Mara L.", "running")]
    assert_steps_are_commitments()
    verbs = set(JournalEntry.objects.values_list("verb", flat=True))
    assert not {verb for verb in verbs if verb.startswith("commitment.")}, "the lead's own verbs tell of it"


def test_done_at_the_lead_is_kept_and_done_late_is_kept_late(mara: Person) -> None:
    made, late = (lead(f"{name}@kestrel.example", owner=mara) for name in ("anke", "ben"))
    for one in (made, late):
        actions.set_next_step(one, "Call", due_at=NOON + DAY, by=mara, at=NOON)

    actions.finish_next_step(made, by=mara, at=NOON, text="Went well.")
    actions.finish_next_step(late, by=mara, at=NOON + 2 * DAY)

    assert [one[3] for one in owed()] == ["met", "met_late"]
    assert Commitment.objects.get(state="met").answer == "Went well."
    assert_steps_are_commitments()


def test_done_on_the_page_of_promises_is_done_at_the_lead(client: Client, mara: Person) -> None:
    made = actions.set_next_step(lead("anke@kestrel.example", owner=mara), "Call", due_at=NOON + DAY, by=mara, at=NOON)
    one = Commitment.objects.get()
    client.force_login(mara)
    assert "Call" in client.get("/commitments/", {"tab": "steps"}).text

    answer = client.post(reverse("commitments:done", args=[one.pk]), {"text": "Went well."})

    assert answer.status_code == HTTPStatus.FOUND
    made.refresh_from_db()
    one.refresh_from_db()
    assert (made.next_step, made.next_step_at, one.is_open) == ("", None, False)
    told = JournalEntry.objects.get(verb="lead.next_step_done")
    assert told.personal["text"] == "Went well."
    assert client.post(reverse("commitments:done", args=[one.pk])).status_code == HTTPStatus.CONFLICT


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_a_step_that_was_set_meanwhile_is_not_ticked_off_for_the_one_that_was_shown(
    client: Client, mara: Person, headers: dict[str, str]
) -> None:
    made = actions.set_next_step(lead("anke@kestrel.example", owner=mara), "Call", due_at=NOON + DAY, by=mara, at=NOON)
    done = reverse("commitments:done", args=[Commitment.objects.get().pk])
    client.force_login(mara)
    assert '<input type="hidden" name="shown" value="Call">' in client.get("/commitments/", {"tab": "steps"}).text
    actions.set_next_step(made, "Send the offer", due_at=NOON + DAY, by=mara, at=NOON)

    refused = client.post(done, {"shown": "Call", "text": "Went well."}, headers=headers)

    assert refused.status_code == HTTPStatus.CONFLICT
    assert "This is by now: Send the offer. Nothing was marked as done; decide again." in refused.text
    assert '<input type="hidden" name="shown" value="Send the offer">' in refused.text
    assert "Went well." in refused.text
    assert "How did it go?" in refused.text
    assert "to whom it was owed" not in refused.text, "it is owed to nobody"
    assert [one[3] for one in owed()] == ["running"]
    assert client.post(done, {"shown": "Send the offer"}).status_code == HTTPStatus.FOUND


def test_a_step_set_in_the_very_moment_of_done_is_not_ticked_off(mara: Person) -> None:
    made = actions.set_next_step(lead("anke@kestrel.example", owner=mara), "Call", due_at=NOON + DAY, by=mara, at=NOON)
    shown = Commitment.objects.get()
    actions.set_next_step(made, "Send the offer", due_at=NOON + DAY, by=mara, at=NOON)

    with pytest.raises(commitments.Rewritten) as refusal:
        owing.finish(shown, mara, NOON, "")

    assert refusal.value.commitment.text == "Send the offer"
    assert [one[3] for one in owed()] == ["running"]


def test_nobody_else_sees_or_finishes_it(client: Client, mara: Person) -> None:
    actions.set_next_step(lead("anke@kestrel.example", owner=mara), "Call", due_at=NOON + DAY, by=mara, at=NOON)
    client.force_login(person("Felix Brandt"))

    assert client.get(Commitment.objects.get().get_absolute_url()).status_code == HTTPStatus.NOT_FOUND


def test_who_gets_the_lead_gets_the_step(mara: Person) -> None:
    priya = person("Priya Raman", Role.MARKETER)
    made = lead("anke@kestrel.example", marketer=priya, next_step="Call", next_step_at=NOON + DAY)
    unowned = lead("ben@kestrel.example", next_step="Call", next_step_at=NOON + DAY)
    assert [one[2] for one in owed()] == ["Priya R.", ""]

    actions.change(made, {"owner": mara.email}, by=mara, at=NOON)

    assert [one[2] for one in owed()] == ["Mara L.", ""]
    nobodys = Commitment.objects.get(subject_id=unowned.pk)
    assert nobodys.debtor_department == unowned.stage.department
    assert_steps_are_commitments()


def test_a_closed_or_removed_lead_owes_nothing_any_more(mara: Person) -> None:
    won, gone = (lead(f"{name}@kestrel.example", owner=mara) for name in ("anke", "ben"))
    for one in (won, gone):
        actions.set_next_step(one, "Call", due_at=NOON + DAY, by=mara, at=NOON)

    actions.move(won, stage("won"), by=mara, at=NOON)
    remove_many([gone.pk], by=mara, at=NOON, reason="reverted", import_id=1)

    assert [one[3] for one in owed()] == ["cancelled", "cancelled"]
    assert_steps_are_commitments()


def test_done_at_the_moment_when_the_lead_is_taken_out_comes_too_late(mara: Person) -> None:
    made = lead("anke@kestrel.example", owner=mara, next_step="Call", next_step_at=NOON + DAY)
    shown = Commitment.objects.get()
    remove_many([made.pk], by=mara, at=NOON, reason="reverted", import_id=1)

    with pytest.raises(commitments.AlreadyClosed) as refusal:
        owing.finish(shown, mara, NOON, "")

    assert refusal.value.commitment.state == "cancelled"


def test_another_day_can_be_missed_anew_and_the_same_one_only_once(mara: Person) -> None:
    made = lead("anke@kestrel.example", owner=mara)
    actions.set_next_step(made, "Call", due_at=NOON, by=mara, at=NOON - DAY)
    commitments.tick(NOON + DAY)
    assert Commitment.objects.get().breached_at == NOON

    actions.set_next_step(made, "Call again", due_at=NOON, by=mara, at=NOON + DAY)
    assert Commitment.objects.get().breached_at == NOON
    actions.set_next_step(made, "Call again", due_at=NOON + 2 * DAY, by=mara, at=NOON + DAY)
    assert Commitment.objects.get().breached_at is None
    commitments.tick(NOON + 3 * DAY)

    assert Commitment.objects.get().breached_at == NOON + 2 * DAY
    assert JournalEntry.objects.filter(verb="commitment.breached").count() == 2


def test_a_step_that_fell_due_while_the_clock_was_down_is_missed_even_when_it_changes_hands_before(
    mara: Person,
) -> None:
    made = lead("anke@kestrel.example", owner=mara)
    actions.set_next_step(made, "Call", due_at=NOON, by=mara, at=NOON - DAY)

    actions.change(made, {"owner": person("Felix Brandt").email}, by=mara, at=NOON + DAY)
    commitments.tick(NOON + DAY)

    assert Commitment.objects.get().breached_at == NOON
    assert JournalEntry.objects.filter(verb="commitment.breached").count() == 1


@pytest.mark.parametrize("rows", [1, 40])
def test_steps_of_any_number_of_leads_follow_in_one_statement(
    mara: Person, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    leads = [lead(f"lead{number}@kestrel.example", owner=mara) for number in range(rows)]
    Lead.objects.all().update(next_step="Call", next_step_at=NOON + DAY)

    with django_assert_num_queries(1):
        steps.follow([one.pk for one in leads], by=mara, at=NOON)

    assert len(owed()) == rows
    steps.follow([one.pk for one in leads], by=mara, at=NOON)
    assert len(owed()) == rows
    assert_steps_are_commitments()
