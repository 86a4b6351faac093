"""Commands beside no running workspace: on a folder where nothing was ever started, and on a workspace of an older version."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running.workspaces import PATIENCE_SECONDS, ROOT, environment, manage

pytestmark = [pytest.mark.process, pytest.mark.xdist_group("running")]


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A folder that everybody may enter, in which nothing was ever started."""
    folder = Path(tempfile.mkdtemp(prefix="smarketing-tests-")).resolve()
    folder.chmod(0o755)
    yield folder / "data"
    shutil.rmtree(folder)


def told(data_dir: Path, *arguments: str) -> str:
    """What a command that must fail says on its standard error."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment(data_dir),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert done.stdout == ""
    return done.stderr


def test_a_command_that_misses_its_tables_says_how_to_make_them(data_dir: Path, tmp_path: Path) -> None:
    leads = tmp_path / "leads.csv"
    leads.write_text("email\na@x.example\n")
    commands = [["create_token", "a@x.example", "--scope", "*"], ["remove_demo", "--yes"], ["import_leads", str(leads)]]

    for command in commands:
        said = told(data_dir, *command)

        sentence = (
            f"{command[0]}: the database in {data_dir} has not been set up for this version; "
            "run `make run` or `manage.py migrate` first."
        )
        assert said.splitlines()[-1] == sentence
        assert "Traceback" not in said

    manage(data_dir, "migrate", "-v0")
    assert "CommandError: Nobody with the address" in told(data_dir, "create_token", "a@x.example", "--scope", "*")


def test_a_table_that_is_missing_though_all_is_migrated_is_a_fault_with_its_traceback(data_dir: Path) -> None:
    manage(data_dir, "migrate", "-v0")

    said = told(
        data_dir, "shell", "-v0", "-c", "from django.db import connection; connection.cursor().execute('TABLE nothing')"
    )

    assert "Traceback" in said
    assert 'relation "nothing" does not exist' in said
