"""`Idempotency-Key`: a POST that is sent again, since its answer was lost on the way, happens once and is answered alike.

First a row for the key is made, then the call is carried out in one transaction that holds the row's lock and stores the
answer in it. A process that dies before the commit leaves nothing behind but the row, and whoever calls again is carried out.

What is kept is sealed with the call: without its key, address and body nobody reads the answer, nor whom it tells of.
"""

import base64
import hashlib
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final

from cryptography.fernet import Fernet
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.request import Request

from workspace.api.limits import caller_of
from workspace.api.models import KeptAnswer
from workspace.errors import Conflict

KEEP: Final = timedelta(hours=24)
LARGEST_KEPT = 262_144
LONGEST_KEY = 255
_HEADERS = ("Content-Type", "ETag", "Location")


class KeyReused(Conflict):
    """The key came with another call before."""

    title = gettext_lazy("Key used for another call")

    def __init__(self) -> None:
        super().__init__(_("This Idempotency-Key was used for another call within 24 hours. Take a new one for each."))


class StillRunning(Conflict):
    """The same call is being carried out at this moment."""

    title = gettext_lazy("Still being carried out")
    wait = 1

    def __init__(self) -> None:
        super().__init__(_("The same call is just being carried out. Ask again in a moment."))


class AnswerTooLarge(Conflict):
    """The call was carried out, and its answer was too large to be kept."""

    title = gettext_lazy("Carried out before")

    def __init__(self, status: int) -> None:
        super().__init__(
            _("This call was carried out and answered with %d, which was too long to be kept. Read what is there.")
            % status
        )


class MadeAndGone(Conflict):
    """The call made a record, which the caller would not be shown any more."""

    title = gettext_lazy("No longer there")

    def __init__(self) -> None:
        super().__init__(_("This call was carried out; what it made is gone since, or not yours to see any more."))


def answer_once(view: Any, handle: Callable[[], HttpResponse]) -> HttpResponse:
    """The answer of `handle`, or the one that the same call had before. Without a key, or for another method, just `handle`.

    Kept is what a repetition may be told as well: no fault of ours, and nothing that asks the caller to come again.

    Raises:
        ValidationError: the key is no key.
        KeyReused: the key belongs to another call.
        StillRunning: the same call is being carried out.
        AnswerTooLarge: it was, and the answer is not known any more.
        MadeAndGone: it was, and the caller may not see any more what it made.
        Http404: it was, and the caller may not see the record of the address any more.
    """
    request = view.request
    if request.method != "POST" or "Idempotency-Key" not in request.headers:
        return handle()
    now, call = timezone.now(), _Call(request)
    asked = KeptAnswer(caller=caller_of(request), key=call.name, fingerprint=call.fingerprint, asked_at=now)
    KeptAnswer.objects.bulk_create([asked], ignore_conflicts=True)
    with transaction.atomic():
        kept = _claimed(asked, now)
        if kept.status is not None:
            return _again(kept, call, view)
        response = _answered(view, handle)
        if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            transaction.set_rollback(True)
        elif "Retry-After" not in response:
            _keep(kept, response, call)
    return response


def forget(now: datetime) -> int:
    """Delete answers that nobody may ask for any more; returns how many."""
    return KeptAnswer.objects.filter(asked_at__lt=now - KEEP).delete()[0]


class _Call:
    """A call with its key, known by digests: `name` of the key, `fingerprint` of all that was asked under it."""

    def __init__(self, request: Request) -> None:
        key = _key_of(request)
        self.name = hashlib.sha256(key.encode()).hexdigest()
        self._asked = b"\n".join([key.encode(), request.get_full_path().encode(), request.body])
        self.fingerprint = hashlib.sha256(self._asked).hexdigest()

    def seal(self, text: bytes) -> str:
        return self._fernet.encrypt(text).decode()

    def unseal(self, sealed: str) -> bytes:
        return self._fernet.decrypt(sealed)

    @property
    def _fernet(self) -> Fernet:
        return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"workspace.api.repeating\n" + self._asked).digest()))


def _key_of(request: Request) -> str:
    key = request.headers["Idempotency-Key"].strip()
    if not 1 <= len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise ValidationError({"Idempotency-Key": _("A key has 1 to 255 printable ASCII characters.")})
    return key


def _claimed(asked: KeptAnswer, now: datetime) -> KeptAnswer:
    """The key's row, locked; begun anew where its day is over."""
    rows = KeptAnswer.objects.select_for_update(skip_locked=True).filter(caller=asked.caller, key=asked.key)
    kept = rows.first()
    if kept is None:
        raise StillRunning
    if kept.asked_at < now - KEEP:
        kept.fingerprint, kept.asked_at, kept.status, kept.headers, kept.body = asked.fingerprint, now, None, {}, None
        kept.save(update_fields=["fingerprint", "asked_at", "status", "headers", "body"])
    if kept.fingerprint != asked.fingerprint:
        raise KeyReused
    return kept


def _answered(view: Any, handle: Callable[[], HttpResponse]) -> HttpResponse:
    """What the caller will be told, drawn; whatever went wrong is undone and told as a problem.

    Raises:
        Exception: a fault of ours, which is no answer.
    """
    try:
        with transaction.atomic():
            response = handle()
    except Exception as error:  # as REST framework's own dispatch does: it raises what it cannot tell
        response = view.handle_exception(error)
    drawn: HttpResponse = view.finalize_response(view.request, response, *view.args, **view.kwargs)
    return drawn


def _keep(kept: KeptAnswer, response: HttpResponse, call: _Call) -> None:
    kept.status = response.status_code
    kept.headers = {name: response[name] for name in _HEADERS if name in response}
    kept.body = call.seal(response.content) if len(response.content) <= LARGEST_KEPT else None
    kept.save(update_fields=["status", "headers", "body"])


def _again(kept: KeptAnswer, call: _Call, view: Any) -> HttpResponse:
    assert kept.status is not None
    if kept.status < HTTPStatus.BAD_REQUEST:
        _demand_sight(view, kept.headers.get("Location", ""))
    if kept.body is None:
        raise AnswerTooLarge(kept.status)
    return HttpResponse(
        call.unseal(kept.body), status=kept.status, headers={**kept.headers, "Idempotent-Replayed": "true"}
    )


def _demand_sight(view: Any, location: str) -> None:
    """What was told of a record then is told again only to whom it would be shown now.

    Raises:
        Http404: the record of the address is gone, or no longer the caller's to see.
        MadeAndGone: so is the one that the call made.
    """
    made = re.search(r"/(\d+)/$", location)
    if "pk" in view.kwargs:
        view.get_object()
    elif made is not None and not view.get_queryset().filter(pk=made[1]).exists():
        raise MadeAndGone
