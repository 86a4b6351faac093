"""The processes of the `Procfile` as services: each is started again when it ends, as systemd does with `Restart=always`."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from random import Random

import psutil

from smarketing.processes import read_procfile
from tests.faults.environment import ROOT

RESTART_SECONDS = 0.5
STOP_SECONDS = 15


class Service:
    """One line of the `Procfile`, kept running."""

    def __init__(self, command: str, environment: Mapping[str, str], log: Path) -> None:
        self._command, self._environment, self._log = command, environment, log
        self._child: subprocess.Popen[bytes] | None = None
        self._is_over, self._lock = threading.Event(), threading.Lock()
        self._keeper = threading.Thread(target=self._keep, daemon=True)
        self._keeper.start()

    def processes(self) -> list[psutil.Process]:
        """The leader, then those that it has started; empty while it is being started again."""
        if self._child is None:
            return []
        try:
            leader = psutil.Process(self._child.pid)
            return [leader, *leader.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def kill_one(self, random: Random) -> bool:
        """Kill the leader or, as often, one of those that it has started; whether there was one to kill."""
        processes = self.processes()
        if not processes:
            return False
        leader, *others = processes
        victim = random.choice(others) if others and random.random() < 0.5 else leader
        with suppress(psutil.NoSuchProcess):
            victim.kill()
            return True
        return False

    def stop(self) -> None:
        with self._lock:
            self._is_over.set()
        if self._child is not None:
            self._child.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._child.wait(STOP_SECONDS)
            self._end_group()
        self._keeper.join()

    def _keep(self) -> None:
        while self._start():
            assert self._child is not None
            self._child.wait()
            self._end_group()
            self._is_over.wait(RESTART_SECONDS)

    def _start(self) -> bool:
        """Start it, unless it is to stop."""
        with self._lock, self._log.open("ab") as log:
            if not self._is_over.is_set():
                self._child = subprocess.Popen(  # noqa: S602 (a Procfile holds shell commands)
                    self._command,
                    shell=True,
                    cwd=ROOT,
                    env=self._environment,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
        return not self._is_over.is_set()

    def _end_group(self) -> None:
        """What a dead leader leaves behind goes with it, as the control group of a unit does."""
        assert self._child is not None
        with suppress(ProcessLookupError):
            os.killpg(self._child.pid, signal.SIGKILL)


class Services:
    """Web (two processes), worker (two) and clock of one workspace; what they say stands in `log/` of its data folder."""

    def __init__(self, data_dir: Path, environment: Mapping[str, str]) -> None:
        log = data_dir / "log"
        log.mkdir(exist_ok=True)
        inherited = {
            **environment,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}",
            "BIND": f"127.0.0.1:{environment['PORT']}",
            "PYTHONUNBUFFERED": "1",
            "PYTHONWARNINGS": "ignore:You're running the worker with superuser",
        }
        commands = read_procfile(ROOT / "Procfile")
        self._services = {name: Service(command, inherited, log / f"{name}.log") for name, command in commands.items()}

    def __getitem__(self, name: str) -> Service:
        return self._services[name]

    def __enter__(self) -> "Services":
        return self

    def __exit__(self, *_error: object) -> None:
        for service in self._services.values():
            service.stop()
