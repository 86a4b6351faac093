"""A mail server in a process of its own: `python smtp_server.py PORT FILE`, which writes what it takes into FILE.

How it behaves is told by the local part of the first recipient: `slow`, `drop` and `refuse` do what they say, `drop` and
`refuse` only once each for a mail.
"""

import asyncio
import sys
from collections import Counter
from email import message_from_bytes
from pathlib import Path
from typing import cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

SLOW_SECONDS = 120


class Handler:
    def __init__(self, taken: Path) -> None:
        self._taken = taken
        self._tries: Counter[str] = Counter()

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        address = str(envelope.rcpt_tos[0])
        mail = message_from_bytes(envelope.original_content or b"")
        self._tries[mail["Message-ID"]] += 1
        is_first = self._tries[mail["Message-ID"]] == 1
        if address.startswith("slow"):
            await asyncio.sleep(SLOW_SECONDS)
        if address.startswith("drop") and is_first:
            cast("asyncio.Transport", server.transport).abort()
            return "451 never heard"
        if address.startswith("refuse") and is_first:
            return "451 come back later"
        with self._taken.open("a") as file:
            file.write(f"{address} {mail['Message-ID']}\n")
        return "250 taken"


def main() -> None:
    controller = Controller(
        Handler(Path(sys.argv[2])), hostname="127.0.0.1", port=int(sys.argv[1]), server_hostname="localhost"
    )
    controller.start()
    print("ready", flush=True)  # noqa: T201 - whoever started it waits for this
    sys.stdin.read()
    controller.stop()


if __name__ == "__main__":
    main()
