"""What `manage.py up` sees to before the processes start, each part once and in words for the console."""

import errno
import fcntl
import hashlib
import http.client
import os
import pwd
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

from smarketing.celery import app


class CannotStart(Exception):
    """The workspace cannot start as things are; the message says why and what to do."""


def demand_possible_settings() -> None:
    """Refuse what would start and then answer nobody.

    Raises:
        CannotStart: it would be reachable from outside and accept no name.
    """
    if not settings.ALLOWED_HOSTS and not settings.DEBUG:
        raise CannotStart(
            f"HOST={settings.HOST} serves other machines: set ALLOWED_HOSTS to the names by which they reach this one."
        )


def demand_own_files(data_dir: Path) -> None:
    """Refuse a data folder in which somebody else has left files that we could not write.

    Raises:
        CannotStart: with the command that would make them ours.
    """
    ourselves = os.geteuid()
    if ourselves == 0:
        return
    for path in (data_dir, *data_dir.iterdir()):
        owner = path.lstat().st_uid
        if owner != ourselves:
            raise CannotStart(
                f"{path} belongs to {_name_of(owner)}, who has run smarketing here before. Run it as that user, choose "
                f"another DATA_DIR, or make it yours: sudo chown -R {_name_of(ourselves)} '{data_dir}'"
            )


@contextmanager
def only_one(data_dir: Path, address: str) -> Iterator[None]:
    """Hold the data folder for one `up` at a time; a lock of the operating system, so it dies with its process.

    Raises:
        CannotStart: another one holds it.
    """
    with (data_dir / "up.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise CannotStart(
                f"smarketing is already running on {data_dir}: {lock.read().strip()}. For a second workspace choose "
                f"another folder and port: make run DATA_DIR=.data2 PORT={settings.PORT + 1}"
            ) from None
        lock.truncate(0)
        lock.write(f"{address}, process {os.getpid()}\n")
        lock.flush()
        yield


def demand_free_port(host: str, port: int) -> None:
    """Say in one line what the web server would say in forty.

    Raises:
        CannotStart: the address cannot be listened on.
    """
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
    except OSError as error:
        reasons = {
            errno.EADDRINUSE: f"Port {port} is taken by another program. Choose another: make run PORT={port + 1}",
            errno.EACCES: f"Port {port} is for root only. Choose one above 1023: make run PORT=8000",
        }
        reason = reasons.get(error.errno or 0, f"HOST={host} is no address of this machine ({error.strerror}).")
        raise CannotStart(reason) from error


def collect_static_files(say: Callable[[str], None]) -> None:
    """Gather, name by content and compress the static files, unless none has changed since the last time."""
    if settings.DEBUG:
        return
    record = settings.DATA_DIR / "static.digest"
    digest = _digest_of_static_files()
    if record.exists() and record.read_text() == digest and (settings.STATIC_ROOT / "staticfiles.json").exists():
        return
    say("Preparing stylesheets, fonts and scripts…")
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    record.write_text(digest)


def _digest_of_static_files() -> str:
    digest = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for name, storage in sorted(finder.list([]), key=lambda found: found[0]):
            found = os.stat(storage.path(name))
            digest.update(f"{name} {found.st_size} {found.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def prepare_broker() -> None:
    """Make the folders and the queue of the embedded broker before several processes would do so at once."""
    if app.conf.broker_url == "filesystem://":
        with app.connection_for_write() as connection:
            app.amqp.queues[app.conf.task_default_queue](connection.default_channel).declare()


def when_it_answers(host: str, port: int, tell: Callable[[], None]) -> None:
    """Call `tell` from another thread as soon as the web server answers; never when it does not."""

    def wait() -> None:
        while not _answers(host, port):
            time.sleep(0.1)  # a port that opens tells nobody; one has to ask
        tell()

    threading.Thread(target=wait, daemon=True).start()


def _answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=10)
    try:
        connection.request("GET", "/healthz")
        connection.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
