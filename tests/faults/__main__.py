"""`python -m tests.faults`: hurt a running workspace in every way that is known, and print what was lost."""

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import django

from smarketing.embedded import places
from smarketing.embedded.server import EmbeddedServer
from tests.faults import environment
from tests.running.workspaces import free_port

PARTS = ("kills", "folder", "redis", "database", "mail")


def main() -> int:
    """Run the parts one after the other; 1 where something was lost or doubled."""
    options = _options()
    data_dir = options.data_dir or Path(tempfile.mkdtemp(prefix="smarketing-faults-"))
    data_dir = data_dir.resolve()
    places.make_data_dir(data_dir)
    data_dir.chmod(0o711)  # as root the server is an unprivileged user, who has to come through
    port = options.port or free_port()
    server = EmbeddedServer(data_dir)
    server.start(_say)
    try:
        os.environ.update(environment.of(server, port))
        django.setup()
        is_sound = _run(server, port, options)
    finally:
        server.stop()
    if options.data_dir is None and is_sound:
        shutil.rmtree(data_dir)
    else:
        _say(f"Everything is left in {data_dir}; what the processes said stands in log/ there.")
    return 0 if is_sound else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--rounds", type=int, default=50, help="rounds of kills; the other faults come less often")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--seed", type=int, default=2026, help="for the random moments")
    parser.add_argument("--port", type=int, help="where it listens; else a free one")
    parser.add_argument("--data-dir", type=Path, help="an empty folder; else one that goes when all was well")
    return parser.parse_args()


def _run(server: EmbeddedServer, port: int, options: argparse.Namespace) -> bool:
    # Django's models can be imported only now.
    from tests.faults import brokers, databases, kills, mail_servers, place
    from tests.faults.report import Finding, table

    runs: dict[str, Callable[[place.Place], list[Finding]]] = {
        "kills": kills.run,
        "folder": brokers.run_filesystem,
        "redis": brokers.run_redis,
        "database": databases.run,
        "mail": mail_servers.run,
    }
    made = place.make(server, port, options.rounds, options.seed)
    findings: list[Finding] = []
    for part in options.parts:
        began = time.monotonic()
        found = runs[part](made)
        findings += found
        _say(
            f"{part}: {time.monotonic() - began:.0f} seconds"
            if found
            else f"{part}: left out, it is not installed here"
        )
    sys.stdout.write(table(findings) + "\n")
    sys.stdout.flush()
    return all(finding.is_sound for finding in findings)


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")


if __name__ == "__main__":
    sys.exit(main())
