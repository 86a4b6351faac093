"""Those who go on using the workspace meanwhile: an integration that logs calls, and a browser that reads a page."""

import http.client
import json
import threading
import time
import uuid
from collections import Counter
from http import HTTPStatus
from types import TracebackType
from typing import Final, Self

from django.utils import timezone

from leads.records.actions import create
from tests.faults.place import Place, session_of, token_of
from workspace.journal.models import JournalEntry

NO_ANSWER: Final = 0
WAIT_SECONDS: Final = 30
PATIENCE_SECONDS: Final = 120


class Caller(threading.Thread):
    """Somebody who asks again and again, until the block ends; `answers` counts by status, `slowest` is in seconds."""

    PAUSE = 0.2

    def __init__(self, place: Place) -> None:
        super().__init__(daemon=True)
        self.answers: Counter[int] = Counter()
        self.slowest = 0.0
        self._port = place.port
        self._is_over = threading.Event()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._is_over.set()
        self.join()

    def run(self) -> None:
        while not self._is_over.is_set():
            self.turn()
            self._is_over.wait(self.PAUSE)

    def turn(self) -> None:
        raise NotImplementedError

    def ask(self, method: str, path: str, headers: dict[str, str], body: str | None = None) -> tuple[int, str]:
        """Status and body of one request, counted; a connection that breaks is no answer."""
        began = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=WAIT_SECONDS)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            status, text = answer.status, answer.read().decode(errors="replace")
        except (OSError, http.client.HTTPException):
            status, text = NO_ANSWER, ""
        finally:
            connection.close()
        self.answers[status] += 1
        self.slowest = max(self.slowest, time.monotonic() - began)
        return status, text


class Integration(Caller):
    """Logs calls by the API, each with a key of its own, and again with that key until it is told that it is stored."""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        lead = create({"last_name": "Faults", "company": f"Calls {uuid.uuid4()}"}, by=place.mara, at=timezone.now())
        self.said: list[str] = []
        self._path = f"/api/v1/leads/{lead.pk}/log/"
        self._lead = lead.pk
        self._token = token_of(place.mara)

    def turn(self) -> None:
        text = f"call {uuid.uuid4()}"
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Content-Type": "application/json",
            "Idempotency-Key": text,
        }
        body = json.dumps({"talk": "call", "text": text})
        self.said.append(text)
        began = time.monotonic()
        while self.ask("POST", self._path, headers, body)[0] != HTTPStatus.CREATED:
            if time.monotonic() - began > PATIENCE_SECONDS:
                return  # and it is told as lost, unless it is there
            time.sleep(self.PAUSE)  # an integration waits a little before it asks again

    def stored(self) -> Counter[str]:
        """How often each call stands on the lead's timeline."""
        entries = JournalEntry.objects.filter(verb="lead.called", subject_kind="lead", subject_id=self._lead)
        return Counter(entry.personal["text"] for entry in entries)

    def compare(self) -> tuple[int, int, int]:
        """How many calls were to be stored, how many of them are missing, and how many are there twice."""
        stored = self.stored()
        lost = sum(text not in stored for text in self.said)
        return len(self.said), lost, stored.total() - len(stored)


class Reader(Caller):
    """Reloads the list of leads; `not_plain` counts the answers without the database that were no plain page."""

    PAUSE = 0.3
    PLAIN = "The workspace cannot reach its database"

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.not_plain = 0
        self._headers = {"Cookie": f"sessionid={session_of(place.mara)}"}

    def turn(self) -> None:
        status, text = self.ask("GET", "/leads/", self._headers)
        if status == HTTPStatus.SERVICE_UNAVAILABLE and self.PLAIN not in text:
            self.not_plain += 1
