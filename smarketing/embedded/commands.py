"""`manage.py` beside a running workspace, and alone: a command finds its database running, or runs it meanwhile."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import ProgrammingError, connection
from django.db.migrations.executor import MigrationExecutor
from environs import EnvError
from psycopg.errors import UndefinedColumn, UndefinedTable

from smarketing.embedded.errors import EmbeddedServerError
from smarketing.embedded.lease import leased

# `up` starts its own; the others read and write files only.
WITHOUT_DATABASE = {
    "check",
    "collectstatic",
    "compilemessages",
    "diffsettings",
    "findstatic",
    "help",
    "makemessages",
    "spectacular",
    "up",
    "version",
}


class TablesMissing(Exception):
    """The database has not been migrated to this version; the message says how to do so."""


def run(execute: Callable[[list[str]], None], arguments: list[str]) -> None:
    """Execute a command line of Django's, with the embedded database at hand where there is one."""
    command = arguments[1] if len(arguments) > 1 else "help"
    try:
        if command.startswith("-") or command in WITHOUT_DATABASE:
            execute(arguments)
        elif settings.EMBEDDED:
            with ending_orderly(), leased(settings.DATA_DIR, say):
                _execute(execute, arguments)
        else:
            _execute(execute, arguments)
    except (EmbeddedServerError, EnvError, ImproperlyConfigured, TablesMissing) as error:
        sys.exit(f"{command}: {error}")


def _execute(execute: Callable[[list[str]], None], arguments: list[str]) -> None:
    try:
        execute(arguments)
    except ProgrammingError as error:
        # What a migration itself lacks is a fault of ours, and its traceback is wanted.
        is_about_tables = isinstance(error.__cause__, UndefinedTable | UndefinedColumn) and arguments[1] != "migrate"
        if not (is_about_tables and _is_behind()):
            raise
        where = f"in {settings.DATA_DIR}" if settings.EMBEDDED else "of DATABASE_URL"
        raise TablesMissing(
            f"the database {where} has not been set up for this version; run `make run` or `manage.py migrate` first."
        ) from error


def _is_behind() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def say(line: str) -> None:
    """Tell whoever waits; not on standard output, which belongs to the command."""
    sys.stderr.write(line + "\n")


@contextmanager
def ending_orderly() -> Iterator[None]:
    """When asked to end (SIGTERM, or the terminal closes), leave the block as by an exception, so that it tidies up."""
    former = {number: signal.signal(number, _leave) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


def ignore_further_signals() -> None:
    """From now on finish in peace: impatience must not cut tidying up short."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def _leave(number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + number)
