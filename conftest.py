"""Tests get a PostgreSQL, a closed network, and tasks that run only where a test asks for them.

It stands at the top, since tests lie in every room: pytest hears of `--postgres`, and starts the server before it collects
anything, only from the conftest of the folder that it is started in (see `docs/decisions/settings-of-tests.md`).
"""

import ipaddress
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from smarketing.celery import app
from smarketing.embedded.lease import Lease
from smarketing.embedded.server import EmbeddedServer

LEASE = pytest.StashKey[Lease]()
DATABASE_FIXTURES = {
    "db",
    "transactional_db",
    "django_db_reset_sequences",
    "django_db_serialized_rollback",
    "live_server",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--postgres",
        metavar="FOLDER",
        help="run the tests that need a database, and only those, on the PostgreSQL installed in FOLDER",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Serve static files as they lie, and start the embedded server once, in the process that hands out the tests."""
    _hear_ctrl_c()
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    if hasattr(config, "workerinput") or not settings.EMBEDDED:
        return
    folder = config.getoption("--postgres")
    server = EmbeddedServer(settings.DATA_DIR, binaries=Path(folder) if folder else None, durable=False)
    config.stash[LEASE] = Lease(server)
    config.stash[LEASE].acquire()


def _hear_ctrl_c() -> None:
    """Tests press Ctrl-C on workspaces that they start; who runs tests in the background hands down a deaf ear for it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_unconfigure(config: pytest.Config) -> None:
    lease = config.stash.get(LEASE, None)
    if lease is not None:
        lease.release()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--postgres"):
        return
    chosen = [item for item in items if _is_about_the_database(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
    items[:] = chosen


def _is_about_the_database(item: pytest.Item) -> bool:
    if item.get_closest_marker("browser") or item.get_closest_marker("process"):
        return False
    fixtures = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or not fixtures.isdisjoint(DATABASE_FIXTURES)


@pytest.fixture(autouse=True, scope="session")
def _closed_network() -> Iterator[None]:
    """Refuse connections to other machines: a test that needs one would fail on a train."""
    with pytest.MonkeyPatch.context() as patch:
        open_connect = socket.socket.connect

        def connect(self: socket.socket, address: object) -> None:
            if self.family != socket.AF_UNIX and isinstance(address, tuple) and not _is_loopback(address[0]):
                raise OSError(f"The network is closed in tests: refused to connect to {address}.")
            open_connect(self, address)  # type: ignore[arg-type]  # the address is as the caller gave it

        patch.setattr(socket.socket, "connect", connect)
        yield


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@pytest.fixture
def eager_tasks() -> Iterator[None]:
    """Tasks run at once, in the test's own process, and their errors are the test's."""
    app.conf.update(task_always_eager=True, task_eager_propagates=True)
    yield
    app.conf.update(task_always_eager=False, task_eager_propagates=False)
