"""Delivering: waiting messages are taken, written, sent and settled, one at a time to each endpoint.

Taking a message puts off its next try, and is committed before anything is sent. So two workers never take the same one, and
one that dies between sending and settling costs time: the message goes out again, with the `webhook-id` by which its
receiver knows that it has it already. See docs/decisions/webhooks-point-at-the-journal.md.
"""

import json
import time
from collections.abc import Collection, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from typing import Any, Final

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from workspace import sealing
from workspace.hooks import sending, signing
from workspace.hooks.actions import webhooks
from workspace.hooks.models import Delivery, Endpoint
from workspace.hooks.sending import Outcome, Parcel
from workspace.journal.models import JournalEntry

State = Delivery.State
# Twelve tries within about two and a half days, each wait three times the one before and up to a fifth longer or shorter.
MOST_TRIES: Final = 12
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=12)
# After a failure the endpoint is left in peace, twice as long each time, so that nobody asks a dead one a thousand times.
FIRST_REST, LONGEST_REST = timedelta(seconds=5), timedelta(minutes=10)
# An endpoint that answered nothing for so long is switched off.
PATIENCE: Final = timedelta(days=3)
# So many receivers are waited for beside each other.
AT_ONCE: Final = 8
USER_AGENT: Final = "smarketing-webhooks/1"
# How far a transaction may reach back from the message that it wrote to the entries of which it tells.
_LONGEST_ACT: Final = timedelta(days=1)

# The order is the one of commits: what a transaction wrote that may still run is left alone until all before it have ended.
# A database that came from a copy counts transactions anew, so what is an hour old goes out in any case.
_TAKE: Final = """
WITH next AS (
    SELECT d.id
    FROM workspace_hooks_endpoint h
    CROSS JOIN LATERAL (
        SELECT w.id, w.due_at FROM workspace_hooks_delivery w
        WHERE w.endpoint_id = h.id AND w.state = 'waiting' AND w.due_at <= %(now)s
          AND (w.xid < pg_snapshot_xmin(pg_current_snapshot()) OR w.made_at < %(now)s - interval '1 hour')
        ORDER BY w.xid, w.id LIMIT 1 FOR UPDATE SKIP LOCKED
    ) d
    WHERE h.is_on AND (h.rests_until IS NULL OR h.rests_until <= %(now)s) AND h.id <> ALL (%(busy)s)
    ORDER BY d.due_at LIMIT %(free)s
)
UPDATE workspace_hooks_delivery d
SET tries = d.tries + 1, tried_at = %(now)s,
    due_at = %(now)s + LEAST(%(first)s * power(3, d.tries), %(longest)s) * (0.8 + 0.4 * random())
FROM next WHERE d.id = next.id
RETURNING d.id
"""


def is_anything_due(now: datetime) -> bool:
    """Whether a round has something to do. Costs one query, by the index of what waits."""
    ready = Endpoint.objects.filter(is_on=True).exclude(rests_until__gt=now)
    return Delivery.objects.filter(endpoint__in=ready, state=State.WAITING, due_at__lte=now).exists()


@transaction.atomic
def take(now: datetime, *, busy: Collection[int] = (), free: int = AT_ONCE) -> list[Delivery]:
    """Take the next message of up to `free` endpoints other than those that are `busy`, with their endpoints."""
    params: dict[str, Any] = {
        "now": now, "busy": list(busy), "free": free, "first": FIRST_WAIT, "longest": LONGEST_WAIT,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, params)
        taken = [pk for (pk,) in cursor.fetchall()]
    return list(Delivery.objects.filter(pk__in=taken).select_related("endpoint"))


def deliver_due(*, seconds: float, now: datetime | None = None) -> int:
    """Deliver what is due for about so long, and return how many tries that were; `now` stands still where it is given."""
    end, tries = time.monotonic() + seconds, 0
    under_way: dict[Future[Outcome], Delivery] = {}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        while True:
            if time.monotonic() < end:
                _start(pool, under_way, now or timezone.now())
            if not under_way:
                return tries
            ended, _running = wait(under_way, return_when=FIRST_COMPLETED)
            for future in ended:
                settle(under_way.pop(future), future.result(), now or timezone.now())
                tries += 1


def _start(pool: ThreadPoolExecutor, under_way: dict[Future[Outcome], Delivery], now: datetime) -> None:
    free = AT_ONCE - len(under_way)
    if not free:
        return
    busy = {delivery.endpoint_id for delivery in under_way.values()}
    for delivery in take(now, busy=busy, free=free):
        try:
            parcel = parcel_of(delivery, now)
        except sealing.Unreadable:
            words = _("Its secret cannot be read any more, since SECRET_KEY is another one. Make the webhook anew.")
            settle(delivery, Outcome(None, "", words, 0), now)
            continue
        if parcel is None:
            _end(delivery, State.EMPTY)
            continue
        under_way[pool.submit(sending.send, parcel)] = delivery


def parcel_of(delivery: Delivery, now: datetime) -> Parcel | None:
    """The message as it is to be sent now; None where the journal has let go of all that it tells. Costs one query.

    Raises:
        Unreadable: the endpoint's secret was sealed with another key.
    """
    entries = list(_entries(delivery))
    if not entries:
        return None
    body = json.dumps(message(delivery, entries), cls=DjangoJSONEncoder, separators=(",", ":")).encode()
    message_id, timestamp = f"msg_{delivery.message_id.hex}", int(now.timestamp())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": USER_AGENT,
        "Connection": "close",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signing.sign(sealing.unseal(delivery.endpoint.secret), message_id, timestamp, body),
    }
    return Parcel(delivery.endpoint.url, headers, body)


def _entries(delivery: Delivery) -> Iterable[JournalEntry]:
    return JournalEntry.objects.filter(
        batch_id=delivery.batch_id,
        verb=delivery.verb,
        pk__range=(delivery.first_entry, delivery.last_entry),
        recorded_at__range=(delivery.made_at - _LONGEST_ACT, delivery.made_at),
    ).order_by("pk")


def message(delivery: Delivery, entries: Sequence[JournalEntry]) -> dict[str, Any]:
    """What a message says. What the catalogue calls personal is left out: whoever may read it asks the API."""
    return {
        "type": delivery.verb,
        "timestamp": delivery.made_at,
        "data": {
            "batch": delivery.batch_id,
            "events": [
                {
                    "id": entry.pk,
                    "at": entry.at,
                    "actor": entry.actor_id,
                    "way": entry.way,
                    "subject": {"kind": entry.subject_kind, "id": entry.subject_id},
                    "thread": {"kind": entry.thread_kind, "id": entry.thread_id},
                    "facts": entry.facts,
                }
                for entry in entries
            ],
        },
    }


@transaction.atomic
def settle(delivery: Delivery, outcome: Outcome, now: datetime) -> None:
    """Write down what became of a try: delivered, put off to the moment that was chosen when it was taken, or given up.

    An endpoint that says that it is gone, or has answered nothing for days, is switched off.
    """
    delivery.status, delivery.answer = outcome.status, outcome.answer[: sending.ANSWER_LENGTH]
    delivery.error, delivery.took_ms = outcome.error[:300], outcome.took_ms
    if outcome.is_delivered:
        _end(delivery, State.DELIVERED)
        Endpoint.objects.filter(pk=delivery.endpoint_id, failures__gt=0).update(
            failures=0, failing_since=None, rests_until=None
        )
        return
    _end(delivery, State.GIVEN_UP if delivery.tries >= MOST_TRIES else State.WAITING)
    endpoint = Endpoint.objects.select_for_update(no_key=True).filter(pk=delivery.endpoint_id).first()
    if endpoint is None or not endpoint.is_on:
        return  # it was removed, or switched off by hand, while we sent
    endpoint.failures += 1
    endpoint.failing_since = endpoint.failing_since or now
    endpoint.rests_until = now + rest_after(endpoint.failures)
    endpoint.save(update_fields=["failures", "failing_since", "rests_until"])
    if outcome.is_gone or endpoint.failing_since <= now - PATIENCE:
        webhooks.switch_off(endpoint, error=outcome.error, at=now)


def rest_after(failures: int) -> timedelta:
    """How long an endpoint is left in peace after so many failures in a row."""
    return min(FIRST_REST * int(2 ** min(failures - 1, 20)), LONGEST_REST)


def _end(delivery: Delivery, state: Delivery.State) -> None:
    """Store how the try ended, unless the message is out of our hands: sent again by somebody, or removed, meanwhile."""
    delivery.state = state
    if state != State.WAITING:
        delivery.due_at = None
    held = Delivery.objects.filter(pk=delivery.pk, state=State.WAITING, tries=delivery.tries)
    held.update(
        state=delivery.state,
        due_at=delivery.due_at,
        status=delivery.status,
        answer=delivery.answer,
        error=delivery.error,
        took_ms=delivery.took_ms,
    )
