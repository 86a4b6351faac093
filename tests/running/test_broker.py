"""The embedded broker: several processes on one folder lose nothing, double nothing and read nothing half."""

import multiprocessing
import os
import socket
import subprocess
import sys
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from kombu import Connection, Exchange, Queue

from smarketing.celery import app

QUEUE = Queue("tasks", Exchange("tasks"), routing_key="tasks")
# Prints how long a message that cannot be sent is waited for before it is given up: the whole time of each try to connect or to
# read that timed out, and the pauses between the tries. Nothing is measured, so that a busy machine says the same.
SEND = """
import socket, time
from kombu.exceptions import OperationalError
from smarketing.celery import app
app.loader.import_default_modules()
waits = []

class Noting(socket.socket):
    def noted(self, act, *given):
        assert self.gettimeout() is not None, "nothing is waited for without an end"
        try:
            return act(*given)
        except TimeoutError:
            waits.append(self.gettimeout())
            raise

    def connect(self, *given):
        return self.noted(super().connect, *given)

    def recv(self, *given):
        return self.noted(super().recv, *given)

    def recv_into(self, *given):
        return self.noted(super().recv_into, *given)

socket.socket, time.sleep = Noting, waits.append
try:
    app.send_task("workspace.jobs.sweep", retry=False)
except OperationalError:
    print("given up", *waits)
"""
SENDERS, RECEIVERS, MESSAGES = 3, 3, 200


def connect(folder: Path) -> Connection:
    return Connection(
        "filesystem://",
        transport="smarketing.embedded.broker:Transport",
        transport_options={
            "data_folder_in": str(folder / "queue"),
            "data_folder_out": str(folder / "queue"),
            "control_folder": str(folder / "control"),
        },
    )


def send(folder: Path, sender: int) -> None:
    with connect(folder) as connection:
        producer = connection.Producer()
        for number in range(MESSAGES):
            producer.publish([sender, number], exchange=QUEUE.exchange, routing_key="tasks", declare=[QUEUE])


def receive(folder: Path, received: "multiprocessing.Queue[list[Any]]") -> None:
    """Take what there is until nothing comes for two seconds."""
    taken = []
    with connect(folder) as connection, connection.SimpleQueue(QUEUE) as tasks:  # type: ignore[arg-type]  # stubs: names only
        while True:
            try:
                message = tasks.get(timeout=2)
            except Empty:
                break
            taken.append(tuple(message.payload))
            message.ack()
    received.put(taken)


def test_each_message_of_several_senders_reaches_one_of_several_receivers(tmp_path: Path) -> None:
    with connect(tmp_path) as connection:
        QUEUE(connection.default_channel).declare()
    context = multiprocessing.get_context("spawn")
    received: multiprocessing.Queue[list[Any]] = context.Queue()
    processes = [context.Process(target=receive, args=(tmp_path, received)) for _number in range(RECEIVERS)]
    processes += [context.Process(target=send, args=(tmp_path, sender)) for sender in range(SENDERS)]

    for process in processes:
        process.start()
    taken = [message for _number in range(RECEIVERS) for message in received.get(timeout=120)]
    for process in processes:
        process.join()

    assert sorted(taken) == [(sender, number) for sender in range(SENDERS) for number in range(MESSAGES)]
    assert list((tmp_path / "queue").iterdir()) == []


def test_the_oldest_message_comes_first_and_a_half_written_one_not_at_all(tmp_path: Path) -> None:
    with connect(tmp_path) as connection, connection.SimpleQueue(QUEUE) as tasks:  # type: ignore[arg-type]  # stubs: names only
        for number in range(5):
            tasks.put(number)
        (tmp_path / "queue" / "00000000000000000000-half.tasks.part").write_text('{"body": ')

        assert [tasks.get(timeout=5).payload for _number in range(5)] == [0, 1, 2, 3, 4]
        with pytest.raises(Empty):
            tasks.get(timeout=1)


def test_nobody_else_may_look_into_the_folder_of_the_messages(tmp_path: Path) -> None:
    with connect(tmp_path) as connection:
        connection.connect()
        _channel = connection.default_channel

    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o700}


@pytest.mark.parametrize(("kind", "is_silent"), [("redis", True), ("redis", False), ("amqp", False)])
def test_nobody_waits_for_a_broker_that_is_away_or_silent(tmp_path: Path, kind: str, is_silent: bool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:  # takes connections and says nothing
        port = server.getsockname()[1]
        if not is_silent:
            server.close()
        environment = {
            **os.environ,
            "CELERY_BROKER_URL": f"{kind}://127.0.0.1:{port}//",
            "DATA_DIR": str(tmp_path),
            "DJANGO_SETTINGS_MODULE": "smarketing.settings",
        }
        done = subprocess.run(
            [sys.executable, "-c", SEND], env=environment, capture_output=True, text=True, check=True, timeout=60
        )

    assert done.stdout.startswith("given up")
    waited = sum(map(float, done.stdout.removeprefix("given up").split()))
    assert waited < (5 if is_silent else 2)
    assert waited > 0 or not is_silent, "who is silent is waited for, as far as is noted here"


def test_worker_and_clock_wait_for_a_broker_however_long_it_is_away() -> None:
    assert app.conf.broker_connection_max_retries is None
