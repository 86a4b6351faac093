"""`manage.py up` with real processes: start, stop, start again, twice, side by side, and after a crash."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from smarketing.embedded import places
from smarketing.embedded.lease import leased
from tests.running.workspaces import (
    READY,
    ROOT,
    Workspace,
    add_person,
    copy_of_the_tree,
    environment,
    free_port,
    manage,
    people,
    processes_of,
    running,
    up_in,
    wait_until,
)

# One after the other, on one worker: each start takes both cores.
pytestmark = [pytest.mark.process, pytest.mark.xdist_group("running")]

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, who may enter every folder and become everybody")


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder that everybody may enter, unlike pytest's own, which as root would change where the database lies."""
    folder = Path(tempfile.mkdtemp(prefix="smarketing-tests-")).resolve()
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def data_dir(folder: Path) -> Path:
    """A workspace that has been set up, with Sami in it. Each test finds it stopped and leaves it so."""
    data_dir = folder / "data"
    manage(data_dir, "migrate", "-v0")
    add_person(data_dir, "sami@example.com")
    return data_dir


def test_the_first_start_makes_everything_and_says_how_to_get_in(folder: Path) -> None:
    data_dir = folder / "first"

    with running(data_dir) as workspace:
        assert workspace.health() == (200, {"status": "ok", "database": "ok", "broker": "ok"})
        assert f"http://127.0.0.1:{workspace.port}" in workspace.output
        assert "This link makes the first administrator" in workspace.output
        assert people(data_dir) == []
        assert not (data_dir / "postgresql").is_symlink()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_however_it_is_stopped_nothing_is_left_running(data_dir: Path, number: signal.Signals) -> None:
    workspace = Workspace(data_dir).wait_until_ready()
    started = processes_of(data_dir)

    code = workspace.send(number)

    assert len(started) > 6  # database, web, worker and clock, most with children
    assert processes_of(data_dir) == []
    assert code == 0
    assert workspace.lines[-1] == "Stopped. Nothing is left running.\n"


def test_stopping_while_it_still_starts_leaves_nothing_running(data_dir: Path) -> None:
    for _attempt in range(3):
        workspace = Workspace(data_dir)
        wait_until(lambda: processes_of(data_dir), "something of it runs")

        workspace.press_ctrl_c()

        assert processes_of(data_dir) == []


def test_when_its_terminal_is_closed_it_stops_and_leaves_nothing_running(data_dir: Path) -> None:
    ours, its = os.openpty()
    take_terminal = (
        "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", take_terminal, sys.executable, "manage.py", "up"],
        cwd=ROOT,
        env=environment(data_dir, PORT=str(free_port())),
        stdin=its,
        stdout=its,
        stderr=its,
        start_new_session=True,
    )
    os.close(its)
    shown = b""
    while READY.encode() not in shown:
        shown += os.read(ours, 1000)

    os.close(ours)

    wait_until(lambda: process.poll() is not None, "it has ended")
    assert processes_of(data_dir) == []


def test_the_next_start_keeps_the_data_and_takes_less_than_ten_seconds_of_work(data_dir: Path) -> None:
    with running(data_dir):  # which may still have stylesheets to prepare
        pass

    with running(data_dir) as workspace:
        # Seconds of the processor, not of the clock: a machine may have other things to do.
        seconds = sum(
            seconds_of_work(process) for process in [*processes_of(data_dir), psutil.Process(workspace.process.pid)]
        )

        assert people(data_dir) == ["sami@example.com"]
        assert workspace.output.lstrip().startswith("smarketing is ready")
        assert seconds < 10


def test_a_command_alone_runs_the_database_only_meanwhile(data_dir: Path) -> None:
    assert people(data_dir) == ["sami@example.com"]
    assert processes_of(data_dir) == []


def test_a_command_that_is_asked_to_end_leaves_no_database_behind(data_dir: Path) -> None:
    command = Workspace(
        data_dir, command=[sys.executable, "manage.py", "shell", "-v0", "-c", "print('at work'); input()"]
    )
    wait_until(lambda: "at work" in command.output or command.process.poll() is not None, "the command works")

    command.send(signal.SIGTERM)

    assert processes_of(data_dir) == []


def test_started_twice_the_second_one_says_so_and_the_first_goes_on(data_dir: Path) -> None:
    with running(data_dir) as first:
        second = Workspace(data_dir)

        assert second.wait_until_ended() == 1
        assert len(second.lines) == 1
        assert f"smarketing is already running on {data_dir}: http://127.0.0.1:{first.port}" in second.output
        assert first.health()[0] == 200


def test_a_taken_port_is_told_in_one_line(data_dir: Path, folder: Path) -> None:
    with running(data_dir) as first:
        other = Workspace(folder / "other", PORT=str(first.port))

        assert other.wait_until_ended() == 1
        assert len(other.lines) == 1
        assert f"Port {first.port} is taken by another program." in other.output


def test_after_a_kill_of_everything_the_next_start_recovers(data_dir: Path) -> None:
    workspace = Workspace(data_dir).wait_until_ready()
    add_person(data_dir, "tove@example.com")

    workspace.kill_everything()

    assert (data_dir / "postgresql" / "postmaster.pid").exists()
    with running(data_dir):
        assert set(people(data_dir)) == {"sami@example.com", "tove@example.com"}
    code = "from workspace.people.models import Person; Person.objects.filter(email='tove@example.com').delete()"
    manage(data_dir, "shell", "-v0", "-c", code)


def test_after_a_kill_of_the_launcher_alone_the_next_start_takes_over(data_dir: Path) -> None:
    killed = Workspace(data_dir).wait_until_ready()
    killed.process.kill()
    killed.wait_until_ended()
    left = processes_of(data_dir)

    with running(data_dir, PORT=str(killed.port)) as workspace:
        assert len(left) > 6
        assert "Ended what was still running since an earlier start was killed." in workspace.output
        assert workspace.health()[0] == 200
    assert processes_of(data_dir) == []


def test_after_a_kill_of_the_database_alone_everything_stops_and_says_why(data_dir: Path) -> None:
    workspace = Workspace(data_dir).wait_until_ready()

    psutil.Process(server_number(data_dir)).kill()

    assert workspace.wait_until_ended() == 1
    assert "The database has ended by itself" in workspace.output
    wait_until(lambda: not processes_of(data_dir), "the sessions of the killed server have ended")
    assert people(data_dir) == ["sami@example.com"]


def test_when_one_process_dies_all_stop_and_it_is_named(data_dir: Path) -> None:
    workspace = Workspace(data_dir).wait_until_ready()

    workspace.child(" beat ").kill()

    assert workspace.wait_until_ended() == 1
    assert "The clock process has ended by itself (killed by SIGKILL)." in workspace.output
    assert processes_of(data_dir) == []


def test_two_workspaces_run_side_by_side_one_of_them_by_make_in_a_path_with_spaces(
    data_dir: Path, folder: Path
) -> None:
    tree = copy_of_the_tree(folder / "a path with spaces")
    its_data = tree / "its data"

    with running(data_dir) as one, running(its_data, tree=tree, command=["make", "run"]) as other:
        add_person(its_data, "olga@example.com")

        assert (one.health()[0], other.health()[0]) == (200, 200)
        assert people(data_dir) == ["sami@example.com"]
        assert people(its_data) == ["olga@example.com"]
        other.press_ctrl_c()
        assert processes_of(its_data) == []
        assert one.health()[0] == 200


def test_with_a_database_and_a_broker_of_its_own_nothing_embedded_starts(data_dir: Path, folder: Path) -> None:
    own = folder / "own"
    with leased(data_dir) as server:
        given = {
            "DATABASE_URL": f"postgres://smarketing@{str(server.socket_dir).replace('/', '%2F')}/smarketing",
            "CELERY_BROKER_URL": f"redis://127.0.0.1:{free_port()}/0",
            "SECRET_KEY": "for this test only",
        }
        with running(own, **given) as workspace:
            assert not [process for process in processes_of(own) if process.name() == "postgres"]
            assert not (own / "postgresql").exists()
            assert not (own / "queue").exists()
            # A broker that is away is told, and is no reason to send people elsewhere.
            assert workspace.health() == (200, {"status": "ok", "database": "ok", "broker": "unreachable"})

            server.stop()
            assert workspace.health() == (503, {"status": "down", "database": "unreachable", "broker": "unreachable"})

            server.start()
            assert workspace.health()[0] == 200


@needs_root
def test_root_runs_it_below_a_folder_that_only_root_may_enter(folder: Path) -> None:
    private = folder / "private"
    tree = copy_of_the_tree(private / "tree")
    private.chmod(0o700)
    data_dir = tree / ".data"

    try:
        with running(data_dir, tree=tree, command=up_in(tree)):
            server = psutil.Process(server_number(data_dir))

            assert server.username() in places.SYSTEM_USERS
            assert (data_dir / "postgresql").resolve().is_relative_to(places.STATE_DIR)
            assert Path(server.exe()).is_relative_to(places.STATE_DIR)
            assert private.stat().st_mode & 0o777 == 0o700
        assert processes_of(data_dir) == []
    finally:
        shutil.rmtree((data_dir / "postgresql").resolve(), ignore_errors=True)


@needs_root
def test_an_ordinary_user_runs_it_with_a_server_of_their_own(folder: Path) -> None:
    tree = copy_of_the_tree(folder / "of nobody")
    subprocess.run(["chown", "-R", "-h", "nobody", tree], check=True)
    data_dir = tree / ".data"

    with running(data_dir, tree=tree, command=[*as_nobody(), *up_in(tree)]) as workspace:
        owners = {process.username() for process in processes_of(data_dir)}

        assert owners == {"nobody"}
        assert workspace.health()[0] == 200
        # Root looks after it without taking it away from them.
        add_person(data_dir, "olga@example.com")
    assert people(data_dir) == ["olga@example.com"]
    assert processes_of(data_dir) == []
    with running(data_dir, tree=tree, command=[*as_nobody(), *up_in(tree)]) as workspace:
        assert workspace.health()[0] == 200


def seconds_of_work(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def as_nobody() -> list[str]:
    """The command that makes the next one nobody's; it may still read the packages where those are root's alone."""
    nobody = pwd.getpwnam("nobody")
    change = ["setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups"]
    reads_all = ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
    # By way of a shell: the first program after the change is still found with root's eyes.
    by_shell = [*change, "/bin/sh", "-c", '"$0" -c ""', sys.executable]
    plain = subprocess.run(by_shell, cwd="/", capture_output=True, check=False)
    return change if plain.returncode == 0 else [*change, *reads_all]


def server_number(data_dir: Path) -> int:
    return int((data_dir / "postgresql" / "postmaster.pid").read_text().split()[0])
