"""Sending one message: one request, to an address that was judged, in bounded time, of whose answer little is read.

Nothing here touches the database, so that slow receivers can be waited for beside each other.
"""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from workspace.hooks import addresses

CONNECT_SECONDS: Final = 5.0
# From the connection to the last byte that is read, however slowly they come.
ANSWER_SECONDS: Final = 10.0
# Of an answer so much stands in the log; more is not even read.
ANSWER_LENGTH: Final = 1_000


@dataclass(frozen=True)
class Parcel:
    """A message that is ready to go."""

    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Outcome:
    """What became of one try: the status of the answer and how it begins, or why there was none."""

    status: int | None
    answer: str
    error: str
    took_ms: int

    @property
    def is_delivered(self) -> bool:
        return self.status is not None and HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES

    @property
    def is_gone(self) -> bool:
        """Whether the receiver says that it never wants to hear again."""
        return self.status == HTTPStatus.GONE


def send(parcel: Parcel) -> Outcome:
    """Post it, follow no redirect, and tell what became of it; raises nothing that a receiver could cause."""
    started = time.monotonic()
    try:
        status, answer = _exchange(parcel)
        error = _refusal(status)
    except (OSError, http.client.HTTPException, addresses.Forbidden, ValidationError) as failure:
        status, answer, error = None, "", _words(failure)
    took_ms = int((time.monotonic() - started) * 1_000)
    return Outcome(status, answer, error, took_ms)


def _exchange(parcel: Parcel) -> tuple[int, str]:
    parts = addresses.split(parcel.url)
    host, port = str(parts.hostname), parts.port or addresses.PORTS[parts.scheme]
    wire = _connected(addresses.resolve(host, port, parts.scheme), port)
    if parts.scheme == "https":
        wire = _tls().wrap_socket(wire, server_hostname=host, do_handshake_on_connect=False)
    connection = http.client.HTTPConnection(host, port)
    connection.sock = wire
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    with closing(wire), closing(connection), _cut_in_time(wire) as was_cut:
        if isinstance(wire, ssl.SSLSocket):
            wire.do_handshake()
        connection.request("POST", target, parcel.body, dict(parcel.headers))
        response = connection.getresponse()
        if was_cut.is_set():
            raise TimeoutError  # what was cut off in the middle of its head looks as if it were whole
        return response.status, _beginning(response)


@contextmanager
def _cut_in_time(wire: socket.socket) -> Iterator[threading.Event]:
    """Reads may each be short and never end: after its time the connection is cut, whatever it is doing. Tells
    whether it was.

    Raises:
        TimeoutError: that broke off what was done inside.
    """
    was_cut = threading.Event()

    def cut() -> None:
        was_cut.set()
        with suppress(OSError):  # it has ended by itself
            socket.socket.shutdown(wire, socket.SHUT_RDWR)  # below TLS, which would wait for the other side

    watch = threading.Timer(ANSWER_SECONDS, cut)
    watch.daemon = True
    watch.start()
    try:
        yield was_cut
    except (OSError, http.client.HTTPException) as error:
        if was_cut.is_set():
            raise TimeoutError from error
        raise
    finally:
        watch.cancel()


def _connected(found: list[addresses.Address], port: int) -> socket.socket:
    """A connection to the first address that answers.

    Raises:
        OSError: none does.
    """
    for address in found[:-1]:
        try:
            return _connect(address, port)
        except OSError:
            continue
    return _connect(found[-1], port)


def _connect(address: addresses.Address, port: int) -> socket.socket:
    return socket.create_connection((str(address), port), timeout=CONNECT_SECONDS)


def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def _beginning(response: http.client.HTTPResponse) -> str:
    """How the answer begins; one that breaks off behind its status has been given all the same."""
    try:
        return response.read(ANSWER_LENGTH).decode("utf-8", "replace").replace("\x00", "")
    except (OSError, http.client.HTTPException):
        return ""


def _refusal(status: int) -> str:
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return ""
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return _("It answered %d: it leads elsewhere, and webhooks follow nobody. Enter the final address.") % status
    return _("It answered %d.") % status


def _words(failure: Exception) -> str:
    if isinstance(failure, ValidationError):
        return " ".join(failure.messages)
    if isinstance(failure, TimeoutError):
        return _("It did not answer in time.")
    return f"{failure}" or type(failure).__name__
