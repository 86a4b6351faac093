"""Workspaces run as people run them: processes of their own, watched from outside."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from smarketing.processes import MARK

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE_SECONDS = 180  # for a slow machine; nobody waits for it on another

READY = "Ctrl-C stops it."


def wait_until(condition: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"waited {PATIENCE_SECONDS} seconds for this: {what}")
        time.sleep(0.05)  # between two looks at the condition; how long it takes in all is not the test's


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def environment(data_dir: Path, **given: str) -> dict[str, str]:
    """What a shell would hand over: nothing of this test run's own settings."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "LC_ALL", "TMPDIR"}}
    return kept | {"DATA_DIR": str(data_dir), "DEMO": "off"} | given


def processes_of(data_dir: Path) -> list[psutil.Process]:
    """Everything that runs for `data_dir`: what `up` has started, and the database server wherever its files lie."""
    cluster = (data_dir / "postgresql").resolve()

    def belongs(process: psutil.Process) -> bool:
        try:
            if process.status() == psutil.STATUS_ZOMBIE:
                return False
            works_in_cluster = process.name() == "postgres" and Path(process.cwd()) == cluster
            return works_in_cluster or process.environ().get(MARK) == str(data_dir)
        except psutil.Error:
            return False

    return [process for process in psutil.process_iter() if belongs(process)]


class Workspace:
    """One `manage.py up` (or another way to start it), its output, and the means to end it."""

    def __init__(self, data_dir: Path, *, tree: Path = ROOT, command: list[str] | None = None, **given: str) -> None:
        self.data_dir = data_dir
        self.port = int(given.setdefault("PORT", str(free_port())))
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            command or [sys.executable, "manage.py", "up"],
            cwd=tree,
            env=environment(data_dir, **given),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            # A group of its own, as a shell gives to each command line: Ctrl-C is a signal to the group.
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def output(self) -> str:
        return "".join(self.lines)

    def wait_until_ready(self) -> "Workspace":
        wait_until(lambda: READY in self.output or self.process.poll() is not None, "the workspace is ready")
        assert READY in self.output, self.output
        return self

    def wait_until_ended(self) -> int:
        wait_until(lambda: self.process.poll() is not None, f"the workspace has ended; it said:\n{self.output}")
        self._reader.join()
        return self.process.wait()

    def press_ctrl_c(self) -> int:
        return self.send(signal.SIGINT)

    def send(self, number: signal.Signals) -> int:
        """Send a signal to the whole group, as a terminal does, and return the exit code."""
        os.killpg(self.process.pid, number)
        return self.wait_until_ended()

    def child(self, words: str) -> psutil.Process:
        """The first of its processes whose command line has these words in it."""
        return next(process for process in processes_of(self.data_dir) if words in " ".join(process.cmdline()))

    def health(self) -> tuple[int, dict[str, str]]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", "/healthz")
            answer = connection.getresponse()
            told: dict[str, str] = json.loads(answer.read())
            return answer.status, told
        finally:
            connection.close()

    def kill_everything(self) -> None:
        """What a power cut does, as far as processes go."""
        self.process.kill()
        for process in processes_of(self.data_dir):
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self.process.wait()
        self._reader.join()
        wait_until(lambda: not processes_of(self.data_dir), "everything is dead")

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)
        self.process.stdout.close()


@contextmanager
def running(data_dir: Path, **options: Any) -> Iterator[Workspace]:
    """A workspace that is ready; whatever becomes of the test, nothing of it stays."""
    workspace = Workspace(data_dir, **options)
    try:
        yield workspace.wait_until_ready()
    finally:
        if workspace.process.poll() is None:
            workspace.press_ctrl_c()
        workspace.kill_everything()


def manage(data_dir: Path, *arguments: str, tree: Path = ROOT, **given: str) -> str:
    """What a command of `manage.py` prints; it must succeed."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=tree,
        env=environment(data_dir, **given),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def add_person(data_dir: Path, email: str) -> None:
    code = f"from workspace.people.models import Person; Person.objects.create_user({email!r})"
    manage(data_dir, "shell", "-v0", "-c", code)


def people(data_dir: Path) -> list[str]:
    code = "from workspace.people.models import Person; print(*Person.objects.values_list('email', flat=True))"
    return manage(data_dir, "shell", "-v0", "-c", code).split()


def copy_of_the_tree(place: Path) -> Path:
    """The files of the project as they are now, set up with the packages that are installed here."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, place / name)
    for folder in (".venv", "node_modules"):
        (place / folder).mkdir()
        for installed in (ROOT / folder).iterdir():
            if not installed.name.startswith(".installed"):
                (place / folder / installed.name).symlink_to(installed)
        (place / folder / ".installed").touch()
    return place


def up_in(tree: Path) -> list[str]:
    """The command that starts the workspace of a copy with the copy's own Python."""
    return [str(tree / ".venv" / "bin" / "python"), "manage.py", "up"]
