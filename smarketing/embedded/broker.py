"""The embedded broker: kombu's filesystem transport, made safe for several processes on one folder.

Kombu's own writes a message into its final file, so a worker that looks at that moment reads half of it and stops; and
it moves what it takes to the system's temporary folder, which others may read. Here a message appears and is taken by
a rename within one private folder. A message that is lost costs time only: the database is the queue of record.
"""

import time
import uuid
from pathlib import Path
from queue import Empty
from typing import Any, ClassVar

from kombu.transport import filesystem
from kombu.transport.virtual import BrokerState
from kombu.utils.json import dumps, loads


class Channel(filesystem.Channel):
    """Messages are files named by time, so that the oldest comes first."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for folder in (Path(self.data_folder_in), self.control_folder):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    # kombu's two base classes disagree on the signature.
    def _put(self, queue: str, payload: Any, **_options: Any) -> None:  # type: ignore[override]
        path = Path(self.data_folder_out) / f"{time.time_ns():020d}-{uuid.uuid4()}.{queue}.msg"
        unfinished = path.with_suffix(".part")
        unfinished.write_text(dumps(payload))
        unfinished.rename(path)

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        """The oldest message of `queue`; who renames it first has it."""
        for path in sorted(Path(self.data_folder_in).glob(f"*.{queue}.msg")):
            taken = path.with_suffix(".taken")
            try:
                path.rename(taken)
            except FileNotFoundError:
                continue
            message = taken.read_text()
            taken.unlink()
            return loads(message)
        raise Empty


class Transport(filesystem.Transport):
    """Looks for messages four times a second."""

    Channel = Channel
    polling_interval = 0.25
    default_connection_params: ClassVar[dict[str, Any]] = {}  # a folder is on no host

    def __init__(self, client: Any, **options: Any) -> None:
        super().__init__(client, **options)
        # Kombu shares what it knows of bindings among all connections of a process, whichever folder they are for.
        self.state = BrokerState()

    # kombu's two base classes disagree here too.
    def drain_events(self, connection: Any, timeout: float | None = None) -> None:  # type: ignore[override]
        """Wait half a second at most, though two are asked for: a worker only looks in between whether it is to stop."""
        super().drain_events(connection, timeout=None if timeout is None else min(timeout, 0.5))
