"""What happens reaches the CRM that Otto let in: signed, in order, again after failures, and never too often."""

import base64
import hashlib
import hmac
import threading
import time
from datetime import datetime, timedelta
from http import HTTPStatus
from itertools import pairwise

import pytest
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from workspace.hooks import delivering, sending, tasks
from workspace.hooks.actions import webhooks
from workspace.hooks.models import Delivery, Endpoint
from workspace.hooks.tests.receiver import Receiver, hang_up, status
from workspace.journal import actions as journal
from workspace.journal.actions import Happening
from workspace.journal.models import JournalEntry
from workspace.people.models import Person
from workspace.tests.moments import NOW

State = Delivery.State
LONGEST_WAIT_SECONDS = 120


def change(person: Person, count: int = 1) -> list[JournalEntry]:
    happening = Happening("person.changed", person, NOW, facts={"what": "name"})
    return journal.record_many([happening] * count, by=person)


def deliver(now: datetime) -> int:
    return delivering.deliver_due(seconds=30, now=now)


def wait_for_those_before() -> None:
    """Until what began before the messages were written has ended: tests beside this one have transactions open, too."""
    until = time.monotonic() + LONGEST_WAIT_SECONDS
    with connection.cursor() as cursor:
        while time.monotonic() < until:
            cursor.execute("SELECT max(xid) < pg_snapshot_xmin(pg_current_snapshot()) FROM workspace_hooks_delivery")
            if cursor.fetchone()[0]:
                return
            cursor.execute("SELECT pg_sleep(0.02)")
    pytest.fail("A transaction of somebody else's has been open for a long time.")


@pytest.mark.django_db
def test_a_message_tells_what_happened_and_is_signed_as_standard_webhooks_has_it(
    made: tuple[Endpoint, str], receiver: Receiver, mara: Person, later: datetime
) -> None:
    _crm, secret = made
    (entry,) = change(mara)

    assert deliver(later) == 1

    (got,) = receiver.got
    assert got.path == "/hooks?of=crm"
    delivery = Delivery.objects.get()
    assert got.message == {
        "type": "person.changed",
        "timestamp": delivery.made_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "data": {
            "batch": str(entry.batch_id),
            "events": [
                {
                    "id": entry.pk,
                    "at": "2026-11-17T12:00:00Z",
                    "actor": mara.pk,
                    "way": "worker",
                    "subject": {"kind": "person", "id": mara.pk},
                    "thread": {"kind": "person", "id": mara.pk},
                    "facts": {"what": "name"},
                }
            ],
        },
    }
    # By the words of the specification, not by our own code.
    assert got.headers["webhook-id"] == f"msg_{delivery.message_id.hex}"
    assert int(got.headers["webhook-timestamp"]) == int(later.timestamp())
    signed = f"{got.headers['webhook-id']}.{got.headers['webhook-timestamp']}.".encode() + got.body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert got.headers["webhook-signature"] == f"v1,{digest}"
    assert got.headers["content-type"] == "application/json"
    assert (delivery.state, delivery.status, delivery.tries, delivery.due_at) == (State.DELIVERED, 204, 1, None)


@pytest.mark.django_db
def test_who_a_fact_names_is_not_sent(crm: Endpoint, receiver: Receiver, otto: Person, later: datetime) -> None:
    webhooks.change(crm, events=["person.invited"], by=otto, at=NOW)
    journal.record("person.invited", subject=otto, by=otto, at=NOW, email="anke@kestrel.example", role="rep")

    deliver(later)

    (got,) = receiver.got
    assert got.message["data"]["events"][0]["facts"] == {"role": "rep"}
    assert b"kestrel" not in got.body


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("events", "is_on", "heard"),
    [
        (["person.changed"], True, 1),
        (["*"], True, 1),
        (["person.joined"], True, 0),
        (["*"], False, 0),
    ],
)
def test_an_endpoint_hears_what_it_asked_for_while_it_is_on(
    *, crm: Endpoint, otto: Person, mara: Person, events: list[str], is_on: bool, heard: int
) -> None:
    webhooks.change(crm, events=events, is_on=is_on, by=otto, at=NOW)

    change(mara)
    journal.record("webhook.changed", subject=crm, by=otto, at=NOW, name="CRM", what="name")

    assert Delivery.objects.count() == heard, "what stays in the house is never heard of"


@pytest.mark.django_db
@pytest.mark.parametrize("sizes", [[1], [20], [100, 100, 50]])
def test_an_act_on_many_is_a_message_a_hundred_by_one_statement(
    *,
    crm: Endpoint,
    receiver: Receiver,
    mara: Person,
    later: datetime,
    django_assert_num_queries: DjangoAssertNumQueries,
    sizes: list[int],
) -> None:
    with django_assert_num_queries(2):  # the entries, and the messages
        entries = change(mara, sum(sizes))

    deliver(later)

    told = [[event["id"] for event in got.message["data"]["events"]] for got in receiver.got]
    assert [len(ids) for ids in told] == sizes
    assert [pk for ids in told for pk in ids] == [entry.pk for entry in entries], "each once, in order"


@pytest.mark.django_db
def test_what_was_rolled_back_is_heard_by_nobody(crm: Endpoint, mara: Person) -> None:
    with transaction.atomic():
        change(mara)
        transaction.set_rollback(True)

    assert not Delivery.objects.exists()


@pytest.mark.django_db
def test_the_story_of_the_demo_is_not_told_and_what_people_do_in_it_is(crm: Endpoint, mara: Person) -> None:
    journal.record("person.changed", subject=mara, by=mara, at=NOW - timedelta(days=400), is_demo=True, what="name")
    assert not Delivery.objects.exists()

    journal.record("person.changed", subject=mara, by=mara, at=timezone.now(), is_demo=True, what="name")
    assert Delivery.objects.count() == 1


@pytest.mark.django_db
def test_a_message_about_what_the_journal_let_go_of_is_not_sent(
    crm: Endpoint, receiver: Receiver, mara: Person, later: datetime
) -> None:
    journal.record("person.changed", subject=mara, by=mara, at=timezone.now(), is_demo=True, what="name")
    journal.remove_demo_entries()

    assert deliver(later) == 0

    assert not receiver.got
    assert Delivery.objects.get().state == State.EMPTY


@pytest.mark.django_db
def test_what_fails_is_tried_again_under_its_own_id_and_the_endpoint_rests(
    crm: Endpoint, receiver: Receiver, mara: Person, later: datetime
) -> None:
    receiver.answers = [status(500, b"Out of order")]
    change(mara)

    deliver(later)

    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.status, delivery.answer) == (State.WAITING, 500, "Out of order")
    assert delivery.error == "It answered 500."
    wait = delivery.due_at - later  # type: ignore[operator]  # it waits
    assert timedelta(seconds=24) <= wait <= timedelta(seconds=36), "thirty seconds, a fifth more or less"
    crm.refresh_from_db()
    assert (crm.failures, crm.failing_since, crm.rests_until) == (1, later, later + timedelta(seconds=5))

    change(mara)
    assert deliver(later + timedelta(seconds=4)) == 0, "it rests"
    assert deliver(later + timedelta(seconds=40)) == 2

    ids = [got.headers["webhook-id"] for got in receiver.got]
    assert ids[0] == ids[1] != ids[2]
    crm.refresh_from_db()
    assert (crm.failures, crm.failing_since, crm.rests_until) == (0, None, None)


@pytest.mark.django_db
def test_there_is_a_last_try_after_ever_longer_waits(
    crm: Endpoint, receiver: Receiver, mara: Person, later: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "PATIENCE", timedelta(days=30))
    receiver.usual = status(503)
    change(mara)
    moment, waits = later, []

    while (delivery := Delivery.objects.get()).state == State.WAITING:
        if delivery.due_at is not None and delivery.due_at > moment:
            waits.append(delivery.due_at - moment)
            moment = delivery.due_at
        assert deliver(moment) == 1

    assert (delivery.state, delivery.tries, delivery.due_at) == (State.GIVEN_UP, 12, None)
    assert len(receiver.got) == 12
    assert len(waits) == 11
    assert all(longer > shorter * 1.9 for shorter, longer in pairwise(waits[:7]))
    assert timedelta(hours=9) < waits[-1] < timedelta(hours=15)
    assert timedelta(days=1.5) < moment - later < timedelta(days=3)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "days", "is_on"),
    [
        pytest.param(500, 2.9, True, id="not three days yet"),
        pytest.param(500, 3.1, False, id="three days of failures"),
        pytest.param(410, 0, False, id="gone"),
    ],
)
def test_an_endpoint_that_fails_for_days_or_is_gone_is_switched_off(
    *, crm: Endpoint, receiver: Receiver, mara: Person, later: datetime, code: int, days: float, is_on: bool
) -> None:
    receiver.usual = status(code)
    if days:
        Endpoint.objects.update(failures=40, failing_since=later - timedelta(days=days))
    change(mara)

    deliver(later)

    crm.refresh_from_db()
    assert (crm.is_on, crm.switched_off_at) == (is_on, None if is_on else later)
    told = JournalEntry.objects.filter(verb="webhook.switched_off")
    assert [entry.facts["error"] for entry in told] == ([] if is_on else [f"It answered {code}."])


@pytest.mark.django_db
def test_what_waits_for_one_that_was_switched_off_goes_out_when_it_is_on_again(
    crm: Endpoint, receiver: Receiver, mara: Person, otto: Person, later: datetime
) -> None:
    receiver.answers = [status(410)]
    change(mara)
    deliver(later)
    much_later = later + timedelta(hours=1)
    assert deliver(much_later) == 0

    webhooks.change(crm, is_on=True, by=otto, at=NOW)

    assert deliver(much_later) == 1
    assert Delivery.objects.get().state == State.DELIVERED


@pytest.mark.django_db
def test_a_receiver_that_is_away_is_not_asked_for_each_message(
    crm: Endpoint, otto: Person, mara: Person, later: datetime
) -> None:
    webhooks.change(crm, url="http://127.0.0.1:9/", by=otto, at=NOW)
    for _number in range(5):
        change(mara)

    assert deliver(later) == 1

    first, *others = Delivery.objects.order_by("pk")
    assert "refused" in first.error
    assert [other.tries for other in others] == [0] * 4


@pytest.mark.django_db
def test_a_redirect_is_told_and_not_followed(crm: Endpoint, receiver: Receiver, mara: Person, later: datetime) -> None:
    receiver.answers = [status(302, Location=receiver.url)]
    change(mara)

    deliver(later)

    assert len(receiver.got) == 1
    assert "leads elsewhere" in Delivery.objects.get().error


@pytest.mark.django_db
def test_a_dropped_connection_is_a_failure(crm: Endpoint, receiver: Receiver, mara: Person, later: datetime) -> None:
    receiver.answers = [hang_up]
    change(mara)

    deliver(later)

    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.status) == (State.WAITING, None)
    assert delivery.error


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["drip", "keep_silent"])
def test_a_receiver_that_never_ends_is_cut_off(
    *, crm: Endpoint, receiver: Receiver, mara: Person, later: datetime, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(sending, "ANSWER_SECONDS", 0.3)
    receiver.usual = getattr(receiver, how)
    change(mara)

    deliver(later)

    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.error) == (State.WAITING, "It did not answer in time.")


@pytest.mark.django_db
def test_of_a_huge_answer_little_is_read(crm: Endpoint, receiver: Receiver, mara: Person, later: datetime) -> None:
    sent: list[int] = []

    def flood(handler: object) -> None:
        status(HTTPStatus.OK)(handler)  # type: ignore[arg-type]  # as the receiver calls it
        while len(sent) < 2_000:
            handler.wfile.write(b"\x00\xffx" * 20_000)  # type: ignore[attr-defined]  # a request handler's
            sent.append(1)

    receiver.answers = [flood]
    change(mara)

    deliver(later)

    delivery = Delivery.objects.get()
    assert delivery.state == State.DELIVERED
    assert len(delivery.answer) <= 1_000
    assert "\x00" not in delivery.answer


@pytest.mark.django_db
def test_slow_receivers_are_waited_for_beside_each_other(
    crm: Endpoint, receiver: Receiver, otto: Person, mara: Person, later: datetime
) -> None:
    both = threading.Barrier(2, timeout=20)

    def meet(handler: object) -> None:
        both.wait()  # neither is answered before the other has asked
        status(HTTPStatus.OK)(handler)  # type: ignore[arg-type]  # as the receiver calls it

    webhooks.make(name="Shop", url=receiver.url, events=["*"], by=otto, at=NOW)
    receiver.answers = [meet, meet]
    change(mara)

    assert deliver(later) == 2

    assert set(Delivery.objects.values_list("state", flat=True)) == {State.DELIVERED}


@pytest.mark.django_db
def test_a_worker_that_dies_between_sending_and_settling_sends_the_same_message_again(
    crm: Endpoint, receiver: Receiver, mara: Person, later: datetime
) -> None:
    change(mara)
    (taken,) = delivering.take(later)
    parcel = delivering.parcel_of(taken, later)
    assert parcel is not None
    sending.send(parcel)  # and no more is heard of this worker

    assert deliver(later) == 0, "another one leaves it alone"
    assert deliver(later + timedelta(minutes=1)) == 1

    first, second = receiver.got
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
    assert (Delivery.objects.get().state, Delivery.objects.get().tries) == (State.DELIVERED, 2)


@pytest.mark.django_db
def test_what_somebody_sent_again_meanwhile_is_not_settled_by_the_try_before(
    crm: Endpoint, receiver: Receiver, otto: Person, mara: Person, later: datetime
) -> None:
    change(mara)
    (taken,) = delivering.take(later)
    Delivery.objects.update(tries=0, due_at=later)

    delivering.settle(taken, sending.Outcome(200, "", "", 1), later)

    assert Delivery.objects.get().state == State.WAITING


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_take_the_same_message(crm: Endpoint, mara: Person) -> None:
    change(mara)
    wait_for_those_before()
    now = timezone.now()
    taken: list[int] = []

    def take_beside() -> None:
        try:
            taken.append(len(delivering.take(now)))
        finally:
            connection.close()

    with transaction.atomic():
        mine = delivering.take(now)
        other = threading.Thread(target=take_beside)
        other.start()
        other.join(20)

    assert len(mine) == 1
    assert taken == [0], "the locked one is passed over"


@pytest.mark.django_db(transaction=True)
def test_what_a_running_transaction_may_still_precede_waits_for_its_end(crm: Endpoint, mara: Person) -> None:
    begun, may_end = threading.Event(), threading.Event()

    def write_slowly() -> None:
        try:
            with transaction.atomic():
                change(mara)
                begun.set()
                may_end.wait(20)
        finally:
            connection.close()

    slow = threading.Thread(target=write_slowly)
    slow.start()
    assert begun.wait(20)
    (second,) = change(mara)

    assert delivering.take(timezone.now()) == [], "the first may still commit"
    may_end.set()
    slow.join(20)
    wait_for_those_before()

    (taken,) = delivering.take(timezone.now())
    assert taken.first_entry != second.pk, "the one that began first goes first"


@pytest.mark.django_db(transaction=True)
def test_the_task_delivers_what_was_committed_and_a_second_one_leaves_the_round_alone(
    crm: Endpoint, receiver: Receiver, mara: Person
) -> None:
    change(mara)
    wait_for_those_before()

    tasks.deliver()
    tasks.deliver()

    assert len(receiver.got) == 1


@pytest.mark.django_db
def test_the_log_is_kept_for_as_long_as_is_said(crm: Endpoint, mara: Person) -> None:
    for _number in range(2):
        change(mara)
    old = Delivery.objects.earliest("pk")
    Delivery.objects.filter(pk=old.pk).update(made_at=timezone.now() - timedelta(days=31))

    tasks.forget()

    assert Delivery.objects.exclude(pk=old.pk).count() == Delivery.objects.count() == 1


@pytest.mark.django_db
def test_a_secret_of_another_key_is_told_and_holds_up_nobody(
    *, crm: Endpoint, receiver: Receiver, otto: Person, mara: Person, later: datetime, settings: Settings
) -> None:
    change(mara)
    settings.SECRET_KEY = "another one"

    deliver(later)

    assert not receiver.got
    assert "SECRET_KEY" in Delivery.objects.get().error
