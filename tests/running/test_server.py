"""The embedded server itself: shared, adopted, recovered, and never mistaken for somebody else's process."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from smarketing.embedded import places
from smarketing.embedded.errors import EmbeddedServerError
from smarketing.embedded.lease import Lease, leased
from smarketing.embedded.server import EmbeddedServer
from tests.running.workspaces import ROOT, processes_of, wait_until

pytestmark = [pytest.mark.process, pytest.mark.xdist_group("running")]


@pytest.fixture(scope="module")
def data_dir() -> Iterator[Path]:
    """A data folder with a database, in a folder that everybody may enter and with what a shell would stumble over."""
    folder = Path(tempfile.mkdtemp(prefix='smarketing tests $HOME "quoted" ')).resolve()
    folder.chmod(0o755)
    with leased(folder / "data"):
        pass
    yield folder / "data"
    shutil.rmtree(folder)


def test_the_database_speaks_unicode_and_belongs_to_a_role_without_special_powers(data_dir: Path) -> None:
    with leased(data_dir) as server, psycopg.connect(host=str(server.socket_dir), user="smarketing") as connection:
        (powerful,) = one(connection, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        (encoding,) = one(connection, "SHOW server_encoding")
        (lowered,) = one(connection, "SELECT lower('ÄŐŽ ИМЯ')")
        connection.execute("CREATE EXTENSION pg_trgm")
        (alike,) = one(connection, "SELECT similarity('Москва', 'москва')")

    assert (powerful, encoding, lowered, alike) == (False, "UTF8", "äőž имя", 1)


def test_it_listens_on_no_port(data_dir: Path) -> None:
    with leased(data_dir) as server:
        process = server.process()

        assert process is not None
        assert not [found for found in process.net_connections("inet") if found.status == psutil.CONN_LISTEN]


def test_only_its_user_may_look_into_the_folder_of_its_socket(data_dir: Path) -> None:
    with leased(data_dir) as server:
        found = server.socket_dir.stat()

        assert (found.st_mode & 0o777, found.st_uid) == (0o700, server.account.uid)


def test_the_last_who_leaves_stops_it(data_dir: Path) -> None:
    first, second = Lease(EmbeddedServer(data_dir)), Lease(EmbeddedServer(data_dir))
    first.acquire()
    second.acquire()
    started = first.server.process()

    first.release()
    still = second.server.process()
    second.release()

    assert started is not None
    assert still == started
    assert processes_of(data_dir) == []
    assert not second.server.socket_dir.exists()
    first.server.stop()  # takes note of the end of the process that it had started


def test_what_a_killed_user_left_running_is_taken_over_and_stopped_by_the_next(data_dir: Path) -> None:
    code = (
        "import sys, pathlib; from smarketing.embedded.lease import leased; "
        "context = leased(pathlib.Path(sys.argv[1])); context.__enter__(); print('started', flush=True); input()"
    )
    command = [sys.executable, "-c", code, str(data_dir)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as user:
        assert user.stdout is not None
        assert user.stdout.readline() == "started\n"
        user.kill()
    left = EmbeddedServer(data_dir).process()

    with leased(data_dir) as server:
        taken_over = server.process()

    assert left is not None
    assert taken_over == left
    assert processes_of(data_dir) == []


def test_a_number_that_now_belongs_to_another_process_does_not_keep_it_from_starting(data_dir: Path) -> None:
    """After a restart of a container the numbers repeat, and PostgreSQL itself would take ours for its own."""
    stale = f"{os.getpid()}\n{data_dir / 'postgresql'}\n1700000000\n5432\n\n\n"
    (data_dir / "postgresql" / "postmaster.pid").write_text(stale)
    server = EmbeddedServer(data_dir)
    places.make_private_dir(server.socket_dir, server.account)
    (server.socket_dir / ".s.PGSQL.5432.lock").write_text(stale)

    with leased(data_dir) as server:
        assert answers(server)


def test_sessions_that_outlive_a_killed_server_do_not_keep_the_next_from_starting(data_dir: Path) -> None:
    with leased(data_dir) as server:
        process = server.process()
        assert process is not None
        # A session that is stopped does not notice that its server is gone, as one in a long computation would not.
        session = next(child for child in process.children() if "checkpointer" in " ".join(child.cmdline()))
        session.suspend()
        process.kill()
        wait_until(lambda: server.process() is None, "the server is dead")
        assert session.is_running()

        server.start()

        assert answers(server)
        wait_until(lambda: not session.is_running(), "the session of the killed server has ended")


def test_a_socket_that_somebody_swept_away_comes_back(data_dir: Path) -> None:
    with leased(data_dir) as server:
        (server.socket_dir / ".s.PGSQL.5432").unlink()

        server.start()

        assert answers(server)


def test_a_database_that_was_made_half_is_made_again(data_dir: Path, tmp_path: Path) -> None:
    fresh = data_dir.with_name("fresh")
    fresh.mkdir(mode=0o755)
    (fresh / "postgresql.partial" / "base").mkdir(parents=True)

    with leased(fresh) as server:
        assert answers(server)
        assert not (fresh / "postgresql.partial").exists()


def test_a_damaged_database_is_never_replaced_by_an_empty_one(data_dir: Path) -> None:
    damaged = data_dir.with_name("damaged")
    (damaged / "postgresql" / "base").mkdir(parents=True)

    with pytest.raises(EmbeddedServerError, match="is no complete database"), leased(damaged):
        pass

    assert (damaged / "postgresql" / "base").is_dir()


def test_a_database_of_another_release_is_told_and_left_alone(data_dir: Path) -> None:
    (data_dir / "postgresql" / "PG_VERSION").write_text("14\n")

    try:
        with pytest.raises(EmbeddedServerError, match="was made by PostgreSQL 14"), leased(data_dir):
            pass
    finally:
        (data_dir / "postgresql" / "PG_VERSION").write_text("18\n")


def test_a_server_that_cannot_start_says_what_it_said(data_dir: Path) -> None:
    configuration = data_dir / "postgresql" / "postgresql.auto.conf"
    before = configuration.read_text()
    configuration.write_text("no_such_setting = 1\n")

    try:
        with pytest.raises(EmbeddedServerError, match="no_such_setting"), leased(data_dir):
            pass
    finally:
        configuration.write_text(before)
    assert processes_of(data_dir) == []


def test_stopping_ends_what_is_open_and_rolls_it_back(data_dir: Path) -> None:
    with leased(data_dir) as server:
        connection = psycopg.connect(host=str(server.socket_dir), user="smarketing")
        connection.execute("CREATE TABLE half_done (n int)")

        server.stop()

        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
        connection.close()
        server.start()
        with server.connect("smarketing") as connection:
            assert one(connection, "SELECT to_regclass('half_done')") == (None,)


def test_the_next_command_waits_while_the_server_is_being_started(data_dir: Path) -> None:
    code = (
        "import sys, pathlib; from smarketing.embedded.lease import leased\n"
        "with leased(pathlib.Path(sys.argv[1])) as server: server.connect('smarketing').close()"
    )
    commands = [subprocess.Popen([sys.executable, "-c", code, str(data_dir)], cwd=ROOT) for _number in range(4)]

    codes = [command.wait(timeout=120) for command in commands]

    assert codes == [0, 0, 0, 0]
    assert processes_of(data_dir) == []


def one(connection: psycopg.Connection, query: str) -> tuple[object, ...]:
    row: tuple[object, ...] | None = connection.execute(query).fetchone()
    assert row is not None
    return row


def answers(server: EmbeddedServer) -> bool:
    with server.connect("smarketing") as connection:
        return one(connection, "SELECT 1") == (1,)
