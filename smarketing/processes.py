"""Running the processes of the `Procfile` side by side: all of them, or none.

When one ends by itself, the others are stopped and the reason is told, so that a workspace is never half there (without
its clock no deadline would be noticed, and nobody would notice that). See `docs/decisions/processes.md`.
"""

import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from types import FrameType
from typing import IO

import psutil

STOP_SECONDS = 10  # for open requests and tasks to finish; what is cut off is taken up at the next start
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
MARK = "SMARKETING_UP"  # in the environment of every process that belongs to a data folder's `up`


def read_procfile(path: Path) -> dict[str, str]:
    """The commands by name, in the order of the file."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return {found[1]: found[2] for line in lines if (found := re.match(r"([a-z][a-z0-9_-]*):\s*(\S.*)$", line))}


class Console:
    """Where all processes write, a line at a time. When the terminal goes away, what they say goes nowhere."""

    def __init__(self, out: IO[str]) -> None:
        self._out: IO[str] | None = out
        self._lock = threading.Lock()

    def write(self, line: str) -> None:
        with self._lock:
            if self._out is None:
                return
            try:
                self._out.write(line + "\n")
                self._out.flush()
            except (OSError, ValueError):
                self._out = None


class Processes:
    """The running processes. Each leads a session of its own: Ctrl-C reaches us, and we stop them in order."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        # What ends the run: a complaint, or nothing where a signal asked for it.
        self._ends: SimpleQueue[str] = SimpleQueue()
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._readers: list[threading.Thread] = []

    def run(
        self, commands: Mapping[str, str], *, environment: Mapping[str, str], cwd: Path, complaint: Callable[[], str]
    ) -> str:
        """Start all, wait until one ends or a signal asks to stop, and return when all have ended.

        `complaint` is asked every second, and a sentence from it stops everything too. Returns what went wrong, or
        nothing when a signal asked.
        """
        former = {number: signal.signal(number, self._hear) for number in STOP_SIGNALS}
        try:
            width = max(map(len, commands))
            for name, command in commands.items():
                self._start(name, command, environment=environment, cwd=cwd, width=width)
            return self._wait(complaint)
        finally:
            self._stop()
            for number, handler in former.items():
                signal.signal(number, handler)

    def _hear(self, _number: int, _frame: FrameType | None) -> None:
        self._ends.put("")

    def _start(self, name: str, command: str, *, environment: Mapping[str, str], cwd: Path, width: int) -> None:
        child = subprocess.Popen(  # noqa: S602 (a Procfile holds shell commands)
            command,
            shell=True,
            env=environment,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._children[name] = child
        reader = threading.Thread(target=self._read, args=(name, child, width), daemon=True)
        reader.start()
        self._readers.append(reader)

    def _read(self, name: str, child: subprocess.Popen[bytes], width: int) -> None:
        assert child.stdout is not None
        with child.stdout as output:
            for line in output:
                self._say(f"{name:<{width}} | {line.decode(errors='replace').rstrip()}")
        self._ends.put(f"The {name} process has ended by itself ({_how(child.wait())}).")

    def _wait(self, complaint: Callable[[], str]) -> str:
        while True:
            try:
                return self._ends.get(timeout=1)
            except Empty:
                if said := complaint():
                    return said

    def _stop(self) -> None:
        """Ask the leaders first: gunicorn and Celery let their own workers finish. Then nothing of them stays."""
        for child in self._children.values():
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for child in self._children.values():
            with suppress(subprocess.TimeoutExpired):
                child.wait(max(0, deadline - time.monotonic()))
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        for reader in self._readers:
            reader.join(timeout=1)


def end_leftovers(data_dir: Path) -> int:
    """End what an `up` of this data folder left when it was killed itself, and return how many processes that were."""
    leftovers = [process for process in psutil.process_iter() if _belongs_to(process, data_dir)]
    for process in leftovers:
        _send(process, signal.SIGTERM)
    _gone, alive = psutil.wait_procs(leftovers, timeout=STOP_SECONDS)
    for process in alive:
        _send(process, signal.SIGKILL)
    psutil.wait_procs(alive, timeout=STOP_SECONDS)
    return len(leftovers)


def _belongs_to(process: psutil.Process, data_dir: Path) -> bool:
    try:
        return process.pid != os.getpid() and process.environ().get(MARK) == str(data_dir)
    except (psutil.Error, OSError):
        return False


def _send(process: psutil.Process, number: int) -> None:
    with suppress(psutil.NoSuchProcess):
        process.send_signal(number)


def _how(code: int) -> str:
    return f"exit code {code}" if code >= 0 else f"killed by {signal.Signals(-code).name}"
