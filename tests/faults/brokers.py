"""The broker away and back: requests succeed meanwhile, and the work that they ask for follows."""

import http.client
import itertools
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from http import HTTPStatus

from tests.faults.callers import Integration
from tests.faults.files import Files
from tests.faults.place import Place, session_of
from tests.faults.promises import Promises
from tests.faults.report import Finding
from tests.faults.waiting import wait_until
from tests.running.workspaces import free_port

ROWS, PROMISES, STARTS = 500, 10, 3
CSRF = "f" * 32
LONGEST_SECONDS = 10


def run_filesystem(place: Place) -> list[Finding]:
    """The broker of small installations is a folder: something else stands in its place for a while."""
    folder, aside = place.data_dir / "queue", place.data_dir / "queue.aside"

    @contextmanager
    def without() -> Iterator[None]:
        folder.rename(aside)
        folder.touch()
        yield
        folder.unlink()
        aside.rename(folder)

    return _run(place, "the folder of messages unusable for some seconds", "folder", without)


def run_redis(place: Place) -> list[Finding]:
    """Redis keeps nothing on disk here: what it held when it is killed is gone."""
    program = shutil.which("redis-server")
    if program is None:
        return []
    port = free_port()
    server = _Redis(program, port)
    server.start()
    try:
        return _run(
            place,
            "Redis killed, or silent, and back",
            "redis",
            server.away,
            CELERY_BROKER_URL=f"redis://127.0.0.1:{port}/0",
        )
    finally:
        server.stop()


class _Redis:
    """A server that is away in one of two ways, in turn: killed, or there and silent."""

    def __init__(self, program: str, port: int) -> None:
        self._command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self._process: subprocess.Popen[bytes] | None = None
        self._ways = itertools.cycle((self._killed, self._silent))

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def away(self) -> AbstractContextManager[None]:
        return next(self._ways)()

    @contextmanager
    def _killed(self) -> Iterator[None]:
        self.stop()
        yield
        self.start()

    @contextmanager
    def _silent(self) -> Iterator[None]:
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)


def _run(
    place: Place, fault: str, prefix: str, without: Callable[[], AbstractContextManager[None]], **given: str
) -> list[Finding]:
    times = place.times(10)
    files, promises = Files(place, prefix, ROWS), Promises(place)
    asked, refused, longest = 0, 0, 0.0
    with place.services(**given), Integration(place) as integration:
        session = session_of(place.mara)
        for _number in range(times):
            with without():
                promises.make(PROMISES)
                for _start in range(STARTS):
                    asked += 1
                    refused += not _start_by_page(place, files.bring().pk, session)
                place.pause(2, 6)
            followed = wait_until(files.are_in, "the files are in", seconds=300, every=0.5)
            longest = max(longest, followed)
        wait_until(promises.are_marked, "the clock has seen all promises", every=1)
    failed = sum(number for status, number in integration.answers.items() if status != HTTPStatus.CREATED)
    remark = f"the work followed after {longest:.0f} s at most; slowest answer {integration.slowest:.1f} s"
    return [
        Finding(f"The broker away: {fault}", f"{times} ×", "files started on their page", asked, refused, 0, remark),
        Finding("", "", f"rows that came in by {len(files.brought)} files", *files.compare()),
        Finding("", "", "warnings, misses and escalations of promises", *promises.compare()),
        Finding("", "", "requests of an integration, all to be answered", integration.answers.total(), failed, 0),
    ]


def _start_by_page(place: Place, import_id: int, session: str) -> bool:
    """Press the button that lets a file come in; whether the visitor sees it coming in."""
    connection = http.client.HTTPConnection("127.0.0.1", place.port, timeout=LONGEST_SECONDS)
    headers = {"Cookie": f"sessionid={session}; csrftoken={CSRF}", "X-CSRFToken": CSRF}
    try:
        connection.request("POST", f"/imports/{import_id}/start/", "", headers)
        answer = connection.getresponse()
        return answer.status == HTTPStatus.FOUND and "result" in (answer.getheader("Location") or "")
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
