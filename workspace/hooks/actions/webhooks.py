"""Making, changing, switching, trying and removing webhooks, and sending a message again."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workspace import queue, sealing
from workspace.errors import Conflict
from workspace.hooks import addresses, catalogue, policies, signing, writing
from workspace.hooks.models import ALL_EVENTS, Delivery, Endpoint
from workspace.journal import actions as journal
from workspace.journal.actions import Batch
from workspace.people.models import Person

MOST_ENDPOINTS: Final = 50
_FORGOTTEN_AT_ONCE: Final = 5_000


class NotOver(Conflict):
    """The message was not even tried, or has nothing left to tell; `delivery` is its state now."""

    title = gettext_lazy("Nothing to send again")

    def __init__(self, delivery: Delivery) -> None:
        words = _("This message still waits for its first try.")
        super().__init__(words if delivery.state == Delivery.State.WAITING else _("Nothing is left of what it told."))
        self.delivery = delivery


class IsOff(Conflict):
    """The webhook is switched off, so nothing is sent to it."""

    title = gettext_lazy("Switched off")

    def __init__(self) -> None:
        super().__init__(_("This webhook is switched off. Switch it on first."))


@transaction.atomic
def make(
    *, name: str, url: str, events: Collection[str], by: Person, at: datetime, is_on: bool = True
) -> tuple[Endpoint, str]:
    """Make a webhook, and return it with the secret that signs its messages, which is shown once.

    Raises:
        PermissionDenied: `by` keeps no webhooks.
        ValidationError: by field: what does not fit, or there are too many.
    """
    _demand(by)
    if Endpoint.objects.count() >= MOST_ENDPOINTS:
        raise ValidationError(_("There are %d webhooks; remove one that nobody needs.") % MOST_ENDPOINTS)
    secret = signing.new_secret()
    endpoint = Endpoint(
        name=name.strip(),
        url=url.strip(),
        events=_ordered(events),
        is_on=is_on,
        secret=sealing.seal(secret),
        made_at=at,
    )
    _check(endpoint)
    endpoint.save(force_insert=True)
    journal.record("webhook.made", subject=endpoint, by=by, at=at, name=endpoint.name, host=_host(endpoint))
    return endpoint, secret


@transaction.atomic
def change(endpoint: Endpoint, *, by: Person, at: datetime, **values: Any) -> Endpoint:
    """Give it another name, url or events, or switch it by `is_on`; what stays the same is no change.

    Switched on again it goes on with what still waits, and hears of nothing that happened in between.

    Raises:
        PermissionDenied: `by` keeps no webhooks.
        ValidationError: by field: what does not fit.
    """
    _demand(by)
    endpoint = Endpoint.objects.select_for_update(no_key=True).get(pk=endpoint.pk)
    if "events" in values:
        values["events"] = _ordered(values["events"])
    values = {key: value.strip() if isinstance(value, str) else value for key, value in values.items()}
    changed = [key for key, value in values.items() if getattr(endpoint, key) != value]
    if not changed:
        return endpoint
    for key in changed:
        setattr(endpoint, key, values[key])
    _check(endpoint)
    endpoint.version += 1
    # Whoever repairs or switches it wants it tried at once.
    endpoint.failures, endpoint.failing_since, endpoint.rests_until = 0, None, None
    endpoint.switched_off_at = None
    endpoint.save(
        update_fields=[*changed, "version", "failures", "failing_since", "rests_until", "switched_off_at"],
    )
    if changed == ["is_on"]:
        verb = "webhook.switched_on" if endpoint.is_on else "webhook.stopped"
        journal.record(verb, subject=endpoint, by=by, at=at, name=endpoint.name)
    else:
        journal.record("webhook.changed", subject=endpoint, by=by, at=at, name=endpoint.name, what=", ".join(changed))
    queue.soon("workspace.hooks.deliver")
    return endpoint


def switch_off(endpoint: Endpoint, *, error: str, at: datetime) -> None:
    """Let the workspace give up on a webhook whose row is locked; administrators are told. What waits goes on waiting."""
    endpoint.is_on, endpoint.switched_off_at, endpoint.version = False, at, endpoint.version + 1
    endpoint.save(update_fields=["is_on", "switched_off_at", "version"])
    journal.record("webhook.switched_off", subject=endpoint, by=None, at=at, name=endpoint.name, error=error)


@transaction.atomic
def remove(endpoint: Endpoint, *, by: Person, at: datetime) -> None:
    """Take it out with the log of its deliveries.

    Raises:
        PermissionDenied: `by` keeps no webhooks.
    """
    _demand(by)
    journal.record("webhook.removed", subject=endpoint, by=by, at=at, name=endpoint.name, host=_host(endpoint))
    endpoint.delete()


@transaction.atomic
def try_out(endpoint: Endpoint, *, by: Person, at: datetime) -> Delivery:
    """Send it a message that tells of this try, whatever it hears of otherwise.

    Raises:
        PermissionDenied: `by` keeps no webhooks.
        IsOff: it is switched off.
    """
    _demand(by)
    endpoint = Endpoint.objects.select_for_update(no_key=True).get(pk=endpoint.pk)
    if not endpoint.is_on:
        raise IsOff
    entry = journal.record("webhook.tried_out", subject=endpoint, by=by, at=at, name=endpoint.name)
    assert entry.batch_id is not None
    writing.write(Batch(entry.verb, entry.batch_id), only=endpoint)
    return Delivery.objects.get(endpoint=endpoint, batch_id=entry.batch_id)


@transaction.atomic
def replay(delivery: Delivery, *, by: Person, at: datetime) -> Delivery:
    """Send a message again at once that was tried before, under its own id, with all its tries before it.

    Raises:
        PermissionDenied: `by` keeps no webhooks.
        NotOver: it still waits for its first try, or there is nothing left to tell.
        IsOff: its webhook is switched off.
    """
    _demand(by)
    delivery = Delivery.objects.select_for_update(of=("self",)).select_related("endpoint").get(pk=delivery.pk)
    if not delivery.may_be_replayed:
        raise NotOver(delivery)
    if not delivery.endpoint.is_on:
        raise IsOff
    delivery.state, delivery.due_at, delivery.tries = Delivery.State.WAITING, at, 0
    delivery.status, delivery.answer, delivery.error, delivery.took_ms = None, "", "", None
    delivery.save(update_fields=["state", "due_at", "tries", "status", "answer", "error", "took_ms"])
    queue.soon("workspace.hooks.deliver")
    return delivery


def forget(now: datetime, *, keep: timedelta) -> int:
    """Let go of messages that the log was to show for so long, waiting ones too; returns how many."""
    gone = 0
    while True:
        old = Delivery.objects.forgettable(now, keep=keep).order_by("made_at").values("pk")[:_FORGOTTEN_AT_ONCE]
        deleted = Delivery.objects.filter(pk__in=old).delete()[0]
        if not deleted:
            return gone
        gone += deleted


def _demand(by: Person) -> None:
    if not policies.may_keep_webhooks(by):
        raise PermissionDenied(_("Only administrators decide which programs hear of what happens here."))


def _host(endpoint: Endpoint) -> str:
    """Whose address it is; the rest of it may be a secret, and the journal forgets nothing."""
    return str(urlsplit(endpoint.url).hostname)


def _ordered(events: Collection[str]) -> list[str]:
    """Each once, in the order of the alphabet; all of them where all are meant."""
    return [ALL_EVENTS] if ALL_EVENTS in events else sorted(set(events))


def _check(endpoint: Endpoint) -> None:
    """Raise ValidationError, by field, for what does not fit."""
    strange = [event for event in endpoint.events if event != ALL_EVENTS and event not in catalogue.events()]
    if strange:
        raise ValidationError({"events": _("There is no event of this name: %s") % ", ".join(strange)[:200]})
    if not endpoint.events:
        raise ValidationError({"events": _("Choose at least one event.")})
    endpoint.clean_fields(exclude=["events", "failing_since", "rests_until", "switched_off_at"])
    addresses.check(endpoint.url)
