"""Running processes side by side: their lines, their ends, and a console that goes away."""

import io
import os
import signal
import subprocess
import threading
import time
from pathlib import Path

import psutil
import pytest

from smarketing import processes
from tests.running.workspaces import ROOT, wait_until


def run(commands: dict[str, str], *, complaint: str = "") -> tuple[str, list[str]]:
    """What ended the run, and the lines that were said."""
    lines: list[str] = []
    ended = processes.Processes(lines.append).run(
        commands, environment=dict(os.environ), cwd=ROOT, complaint=lambda: complaint
    )
    return ended, lines


def test_the_procfile_names_web_worker_and_clock(tmp_path: Path) -> None:
    procfile = tmp_path / "Procfile"
    procfile.write_text("# a comment\n\nweb: serve --port 1\nworker-2:  work\nno command\n")

    assert processes.read_procfile(procfile) == {"web": "serve --port 1", "worker-2": "work"}
    assert list(processes.read_procfile(ROOT / "Procfile")) == ["web", "worker", "clock"]


def test_lines_carry_the_name_of_their_process_and_one_end_ends_all() -> None:
    ended, lines = run({"one": "echo hello; exit 3", "another": "exec sleep 1000"})

    assert ended == "The one process has ended by itself (exit code 3)."
    assert lines == ["one     | hello"]


def test_a_killed_process_is_told_by_its_signal() -> None:
    ended, _lines = run({"one": "kill -9 $$"})

    assert ended == "The one process has ended by itself (killed by SIGKILL)."


def test_a_complaint_of_somebody_else_ends_all() -> None:
    ended, _lines = run({"one": "exec sleep 1000"}, complaint="The roof is on fire.")

    assert ended == "The roof is on fire."


def test_a_signal_ends_all_without_a_complaint_and_children_of_children_too(tmp_path: Path) -> None:
    number = tmp_path / "number"
    stubborn = f"trap '' TERM; sleep 1000 & echo $! > '{number}'; wait; wait"

    def press_ctrl_c() -> None:
        wait_until(lambda: number.exists() and number.read_text().strip(), "the child of the child runs")
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=press_ctrl_c).start()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(processes, "STOP_SECONDS", 1)
        ended, _lines = run({"stubborn": stubborn, "other": "exec sleep 1000"})

    assert ended == ""
    wait_until(lambda: not psutil.pid_exists(int(number.read_text())), "the child of the child is dead")
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_processes_may_finish_what_they_do_before_they_are_killed(tmp_path: Path) -> None:
    done = tmp_path / "done"
    finishing = f"trap 'sleep 0.5; touch \"{done}\"; exit' TERM; echo ready; while :; do sleep 0.1; done"

    run({"finishing": finishing, "short": "sleep 1"})

    assert done.exists()


def test_a_console_that_goes_away_is_no_reason_to_stop() -> None:
    class Gone(io.StringIO):
        def write(self, _text: str) -> int:
            raise BrokenPipeError

    console = processes.Console(Gone())

    console.write("one line")
    console.write("another line")


def test_leftovers_are_known_by_their_mark_and_others_left_alone(tmp_path: Path) -> None:
    marked = dict(os.environ) | {processes.MARK: str(tmp_path)}
    other = dict(os.environ) | {processes.MARK: str(tmp_path / "other")}
    leftover = subprocess.Popen(["sleep", "1000"], env=marked)
    stranger = subprocess.Popen(["sleep", "1000"], env=other)
    try:
        before = time.monotonic()

        assert processes.end_leftovers(tmp_path) == 1

        assert leftover.poll() is not None
        assert stranger.poll() is None
        assert time.monotonic() - before < processes.STOP_SECONDS
    finally:
        for process in (leftover, stranger):
            process.kill()
            process.wait()
