"""Another program's web server, in a thread of its own: it keeps what it gets, and answers as it was told."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Got:
    """A request that came in."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def message(self) -> Any:
        return json.loads(self.body)


Answer = Callable[[BaseHTTPRequestHandler], None]


def status(code: int, body: bytes = b"", **headers: str) -> Answer:
    """An answer with this status."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


_taken = status(HTTPStatus.NO_CONTENT)


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    """No answer: the connection is dropped."""
    handler.connection.shutdown(socket.SHUT_RDWR)


@dataclass
class Receiver:
    """What came in, in order, and how it is answered: by `answers` as long as there are, then by `usual`."""

    port: int
    got: list[Got] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    usual: Answer = _taken
    # Set when the test is over, so that an answer which never comes holds nobody.
    is_over: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks?of=crm"

    def drip(self, handler: BaseHTTPRequestHandler) -> None:
        """A head that never ends, a byte at a time."""
        handler.wfile.write(b"HTTP/1.0 200 OK\r\nX-Slow: ")
        while not self.is_over.wait(0.05):
            try:
                handler.wfile.write(b".")
            except OSError:
                return

    def keep_silent(self, _handler: BaseHTTPRequestHandler) -> None:
        """No answer until the test is over."""
        self.is_over.wait(30)


@contextmanager
def running() -> Iterator[Receiver]:
    """A receiver on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.got.append(Got(self.path, {key.lower(): one for key, one in self.headers.items()}, body))
            (receiver.answers.pop(0) if receiver.answers else receiver.usual)(self)

        def log_message(self, *_args: Any) -> None:
            """Tests say what came in themselves."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_args: Any) -> None:
            """Whoever sent cut the connection, as some tests want it."""

    with Server(("127.0.0.1", 0), Handler) as server:
        receiver = Receiver(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield receiver
        finally:
            receiver.is_over.set()
            server.shutdown()
            thread.join()
