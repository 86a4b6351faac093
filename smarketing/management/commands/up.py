"""`manage.py up`: the whole workspace in one terminal, from an empty folder or from where it was left."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.db import OperationalError, connections
from django.utils import timezone

from smarketing import processes, starting
from smarketing.embedded import places
from smarketing.embedded.commands import ending_orderly, ignore_further_signals
from smarketing.embedded.errors import EmbeddedServerError
from smarketing.embedded.lease import Lease
from smarketing.embedded.server import EmbeddedServer
from workspace.pages.context import demo_signins
from workspace.people.models import Person
from workspace.staff import actions as staff


class Command(BaseCommand):
    help = "Run the workspace: database, web, worker and clock, until Ctrl-C. Options come from the environment."

    def handle(self, **_options: Any) -> None:
        """Run until asked to stop.

        Raises:
            CommandError: it cannot start, or something ended by itself; the message says what to do.
        """
        self.say = processes.Console(sys.stdout).write
        try:
            starting.demand_possible_settings()
            places.make_data_dir(settings.DATA_DIR)
            starting.demand_own_files(settings.DATA_DIR)
            with ending_orderly(), starting.only_one(settings.DATA_DIR, settings.BASE_URL):
                complaint = self._run()
        except (EmbeddedServerError, starting.CannotStart) as error:
            raise CommandError(str(error)) from error
        except OperationalError as error:
            raise CommandError(f"The database does not answer: {error}") from error
        except KeyboardInterrupt:  # before everything was started
            sys.exit(130)
        if complaint:
            raise CommandError(f"{complaint} So everything was stopped; `make run` starts it again.")
        self.say("Stopped. Nothing is left running.")

    def _run(self) -> str:
        """Start everything, wait until it is asked to stop, and return what went wrong if it was not asked."""
        if processes.end_leftovers(settings.DATA_DIR):
            self.say("Ended what was still running since an earlier start was killed.")
        starting.demand_free_port(settings.HOST, settings.PORT)
        with self._database() as complaint:
            call_command("migrate", interactive=False, verbosity=0)
            call_command("createcachetable", verbosity=0)
            starting.collect_static_files(self.say)
            starting.prepare_broker()
            way_in = self._open_to_people()
            connections.close_all()
            starting.when_it_answers(_reachable_host(), settings.PORT, lambda: self._announce(way_in))
            return processes.Processes(self.say).run(
                processes.read_procfile(settings.BASE_DIR / "Procfile"),
                environment=_environment(),
                cwd=settings.BASE_DIR,
                complaint=complaint,
            )

    @contextmanager
    def _database(self) -> Iterator[Callable[[], str]]:
        """The embedded server while the block runs, if it is used; gives the question whether it still runs."""
        if not settings.EMBEDDED:
            yield lambda: ""
            return
        server = EmbeddedServer(settings.DATA_DIR)
        lease = Lease(server)
        lease.acquire(self.say)
        try:
            yield lambda: "" if server.process() else f"The database has ended by itself, see {server.log}."
        finally:
            ignore_further_signals()
            lease.release()

    def _open_to_people(self) -> list[str]:
        """Load the demo workspace into an empty one where it is wanted, and return lines that say how to get in."""
        if settings.DEMO and not Person.objects.exists():
            from smarketing import demo  # large, and needed once

            self.say("Loading the demo workspace…")
            demo.load()
        if not Person.objects.active().exists():
            link = staff.first_administrator_link(at=timezone.now())
            return ["Nobody can sign in yet. This link makes the first administrator, once:", f"  {link}"]
        signins = demo_signins()
        if not signins:
            return []
        width = max(len(signin.email) for signin in signins)
        return [
            f"A demo workspace: sign in as one of these, with the password {signins[0].password}",
            *(f"  {signin.email:<{width}}  {signin.role}" for signin in signins),
        ]

    def _announce(self, way_in: list[str]) -> None:
        self.say("\n".join(["", f"smarketing is ready at {settings.BASE_URL}", *way_in, "Ctrl-C stops it.", ""]))


def _environment() -> dict[str, str]:
    """What the processes inherit: this Python by the name `python`, one place for data, and the mark of this `up`."""
    host = f"[{settings.HOST}]" if ":" in settings.HOST else settings.HOST
    return {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": "ignore:You're running the worker with superuser",
        "DATA_DIR": str(settings.DATA_DIR),
        "BIND": f"{host}:{settings.PORT}",
        processes.MARK: str(settings.DATA_DIR),
    }


def _reachable_host() -> str:
    """A server that listens everywhere is reached at the loopback address too."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.HOST, settings.HOST)  # noqa: S104 (compared, not bound)
