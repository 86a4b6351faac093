"""One PostgreSQL server on one data folder: made, started, found again, stopped, and recovered after a crash."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

from smarketing.embedded import places
from smarketing.embedded.errors import EmbeddedServerError

SUPERUSER = "postgres"
NAME = "smarketing"  # of the database, and of the role that owns it

START_SECONDS = 300  # recovery after a crash may replay much
FAST_STOP_SECONDS = 60
POLL_SECONDS = 0.05
LOG_BYTES = 10_000_000
FIRST_BUILTIN_LOCALE = 17

# For a laptop that shares its memory with a browser, and for imports of a million rows.
SETTINGS = {
    "listen_addresses": "",
    "port": str(places.PORT),
    "unix_socket_permissions": "0700",
    "cluster_name": NAME,
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "effective_cache_size": "2GB",
    "gin_pending_list_limit": "64MB",
    "max_wal_size": "2GB",
    "wal_buffers": "32MB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] ",
}
# For tests only: a power cut would cost the data.
CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class EmbeddedServer:
    """The PostgreSQL server of one data folder. It listens on a socket in a private folder, and on no TCP port.

    Anybody who can reach the socket is let in (`trust`): the folder around it lets in only the server's user and root,
    both of whom could read the files anyway.
    """

    def __init__(self, data_dir: Path, *, binaries: Path | None = None, durable: bool = True) -> None:
        """Describe the server of `data_dir`; nothing is made or started yet.

        `binaries` is an installation with `bin/postgres` other than the one that the workspace brings along.
        """
        self.data_dir = data_dir
        places.make_data_dir(data_dir)
        self.account = places.server_account(data_dir)
        self.socket_dir = places.socket_dir(data_dir)
        self.cluster = places.cluster_dir(data_dir, self.account).resolve()
        self.log = data_dir / "postgresql.log"
        # Whose processes the server's are; nothing is changed where that is who we are.
        lent = not self.account.is_ourselves
        self._uid = self.account.uid if lent else None
        self._gid = self.account.gid if lent else None
        self._groups: list[int] | None = [] if lent else None
        self._binaries = binaries
        self._settings = SETTINGS if durable else SETTINGS | CARELESS
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def binaries(self) -> Path:
        """The installation to run; for root, where needed, a copy is made the first time."""
        if self._binaries is None:
            self._binaries = places.binaries_dir(self.account)
        return self._binaries

    def process(self) -> psutil.Process | None:
        """The running server, or None: a number in a leftover file may by now be somebody else's process."""
        try:
            process = psutil.Process(int((self.cluster / "postmaster.pid").read_text().split()[0]))
        except (OSError, IndexError, ValueError, psutil.NoSuchProcess):
            return None
        return process if self._is_ours(process) else None

    def is_reachable(self) -> bool:
        """Whether the socket is there: somebody may have emptied `/tmp` under a running server."""
        return (self.socket_dir / f".s.PGSQL.{places.PORT}").is_socket()

    def start(self, say: Callable[[str], None] = lambda _line: None) -> None:
        """Start the server if it does not run, and return when it answers and the database is there.

        `say` hears about what takes long.

        Raises:
            EmbeddedServerError: it does not start; the message ends with what the server said.
        """
        places.make_private_dir(self.socket_dir, self.account)
        running = self.process()
        if running is not None and not self.is_reachable():
            self._stop_process(running)
            running = None
        try:
            if running is None:
                self._make_and_launch(say)
            self._wait_until_ready(say)
            self._make_role_and_database()
        except BaseException:
            if running is None:
                self.stop()
            raise

    def stop(self) -> None:
        """Stop the server if it runs: open transactions are rolled back, and its files are left in good order."""
        running = self.process()
        if running is not None:
            self._stop_process(running)
        self._collect_child()
        with suppress(OSError):  # not empty, or not there
            self.socket_dir.rmdir()

    def _is_ours(self, process: psutil.Process) -> bool:
        """Whether it is a process of this server: they all work in the cluster's folder."""
        try:
            return process.name() == "postgres" and Path(process.cwd()) == self.cluster
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            return False

    def _our_processes(self) -> list[psutil.Process]:
        return [process for process in psutil.process_iter() if self._is_ours(process)]

    def _collect_child(self) -> None:
        """Take note of the end of the server that we started, once it has ended."""
        if self._child is not None:
            self._child.wait()
            self._child = None

    def _stop_process(self, running: psutil.Process) -> None:
        # SIGINT is PostgreSQL's "fast": end the sessions, write a checkpoint. SIGQUIT ends at once and recovers later.
        for number, seconds in ((signal.SIGINT, FAST_STOP_SECONDS), (signal.SIGQUIT, 10), (signal.SIGKILL, 10)):
            try:
                running.send_signal(number)
            except psutil.NoSuchProcess:
                return
            if _gone(running, seconds):
                return

    def _make_and_launch(self, say: Callable[[str], None]) -> None:
        if not (self.cluster / "PG_VERSION").exists():
            say("Making the database…")
            self._make_cluster()
        self._check_version()
        self._remove_leftovers()
        self._launch()

    def _make_cluster(self) -> None:
        """Make the database files beside their place and move them in when complete: a kill leaves no half cluster."""
        if self.cluster.exists() and any(self.cluster.iterdir()):
            raise EmbeddedServerError(
                f"{self.cluster} holds files, but is no complete database. Restore it, or move it away to start anew."
            )
        partial = self.cluster.with_name(f"{self.cluster.name}.partial")
        if partial.exists():
            shutil.rmtree(partial)
        places.make_private_dir(partial, self.account)
        command = [self._program("initdb"), "--pgdata", str(partial), "--username", SUPERUSER]
        # The database's own rules compare text; the C library's say which characters are letters (trigrams need it).
        command += ["--encoding", "UTF8", "--locale", "C.UTF-8", "--auth", "trust"]
        if self._major() >= FIRST_BUILTIN_LOCALE:
            command += ["--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"]
        done = self._run_as_server(command)
        if done.returncode != 0:
            shutil.rmtree(partial)
            raise EmbeddedServerError(f"The database could not be made in {self.cluster}:\n{done.stdout.strip()}")
        partial.rename(self.cluster)

    def _program(self, name: str) -> str:
        return str(self.binaries / "bin" / name)

    def _major(self) -> int:
        version = self._run_as_server([self._program("postgres"), "--version"]).stdout
        return int(version.split()[-1].split(".")[0])

    def _check_version(self) -> None:
        made_by = int((self.cluster / "PG_VERSION").read_text())
        if made_by != self._major():
            raise EmbeddedServerError(
                f"{self.cluster} was made by PostgreSQL {made_by}, and this smarketing brings PostgreSQL "
                f"{self._major()}. Dump it with the smarketing that made it, and restore it into a new DATA_DIR."
            )

    def _remove_leftovers(self) -> None:
        """Clear away what a killed server left: sessions that still hold its memory, and its lock files."""
        self._collect_child()
        orphans = self._our_processes()
        for number, seconds in ((None, 2), (signal.SIGQUIT, 3), (signal.SIGKILL, 10)):
            for orphan in orphans:
                if number is not None and orphan.is_running():
                    orphan.send_signal(number)
            orphans = [orphan for orphan in orphans if not _gone(orphan, seconds)]
        # PostgreSQL would not start where the number in its lock file is a living process, whichever that is.
        socket = f".s.PGSQL.{places.PORT}"
        for path in (self.cluster / "postmaster.pid", self.socket_dir / socket, self.socket_dir / f"{socket}.lock"):
            path.unlink(missing_ok=True)

    def _launch(self) -> None:
        settings = {**self._settings, "unix_socket_directories": str(self.socket_dir)}
        command = [self._program("postgres"), "-D", str(self.cluster)]
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            self.log.rename(self.log.with_suffix(".log.1"))
        self.log.touch(mode=0o600)  # it quotes statements, and so people
        with self.log.open("ab") as log:
            # A session of its own, so that Ctrl-C in the terminal does not reach it before those who use it.
            self._child = subprocess.Popen(  # noqa: S603 (our own arguments)
                [*command, *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd="/",
                env=_environment(),
                umask=0o077,
                user=self._uid,
                group=self._gid,
                extra_groups=self._groups,
            )

    def _wait_until_ready(self, say: Callable[[str], None]) -> None:
        started = time.monotonic()
        told = False
        while not self._answers():
            waited = time.monotonic() - started
            if self._has_ended() or waited > START_SECONDS:
                raise EmbeddedServerError(
                    f"The database did not start. The last lines of {self.log}:\n{_tail(self.log)}"
                )
            if waited > 5 and not told:  # noqa: PLR2004 (seconds after which people begin to wonder)
                say("The database puts itself in order after an interruption; this may take a minute…")
                told = True
            time.sleep(POLL_SECONDS)  # a server that comes up tells nobody; one has to ask

    def _has_ended(self) -> bool:
        return self.process() is None if self._child is None else self._child.poll() is not None

    def _answers(self) -> bool:
        try:
            self.connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """A connection as superuser, for the launcher's own needs."""
        return psycopg.connect(
            host=str(self.socket_dir),
            port=places.PORT,
            dbname=database,
            user=SUPERUSER,
            connect_timeout=10,
            autocommit=True,
        )

    def _make_role_and_database(self) -> None:
        """The workspace's role is no superuser: what works here works on a hosted database too."""
        with self.connect() as connection:
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [NAME]).fetchone():
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(sql.Identifier(NAME)))
            # Imports check references as sets instead of row by row (`workspace.copying`); elsewhere that is up to the operator.
            connection.execute(
                sql.SQL("GRANT SET ON PARAMETER session_replication_role TO {}").format(sql.Identifier(NAME))
            )
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {0} OWNER {0}").format(sql.Identifier(NAME)))

    def _run_as_server(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 (our own arguments)
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd="/",
            env=_environment(),
            check=False,
            user=self._uid,
            group=self._gid,
            extra_groups=self._groups,
        )


def _environment() -> dict[str, str]:
    """What a server may inherit: PG* variables of a developer's shell would change how it behaves."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"}


def _gone(process: psutil.Process, seconds: float) -> bool:
    """Whether the process ends within `seconds`; one that only waits to be collected by its parent has ended."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(POLL_SECONDS)  # it may be nobody's child any more, so there is nothing to wait on
    return False


def _tail(path: Path, lines: int = 20) -> str:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 10_000))
        return "\n".join(file.read().decode(errors="replace").splitlines()[-lines:])
