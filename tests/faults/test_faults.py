"""One short round of the faults that need no minutes: kills and mail servers wait for leases, and are for `make faults`."""

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.faults.environment import ROOT
from tests.faults.report import Finding
from tests.running.workspaces import free_port

pytestmark = [pytest.mark.process, pytest.mark.xdist_group("running")]


def test_nothing_is_lost_when_database_and_broker_go_away_and_come_back() -> None:
    # Pytest's own folder is closed to the system user as whom the server runs for root.
    with tempfile.TemporaryDirectory(prefix="smarketing-faults-") as folder:
        options = ["--rounds", "1", "--parts", "database", "folder", "--port", str(free_port())]
        done = subprocess.run(
            [sys.executable, "-m", "tests.faults", *options, "--data-dir", str(Path(folder) / "data")],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "calls logged by the API" in done.stdout
    assert "files started on their page" in done.stdout


@pytest.mark.parametrize(
    ("counted", "lost", "twice", "is_sound"),
    [(10, 0, 0, True), (10, 1, 0, False), (10, 0, 1, False), (0, 0, 0, False)],
    ids=["all there", "lost", "twice", "nothing went on"],
)
def test_what_is_lost_or_doubled_or_was_never_tried_is_told(
    counted: int, lost: int, twice: int, is_sound: bool
) -> None:
    assert Finding("a fault", "1 ×", "something", counted, lost, twice).is_sound is is_sound
