"""What is read from the environment with more than one line of care."""

import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from environs import Env

from smarketing.embedded import places


def secret_key(env: Env, data_dir: Path, *, embedded: bool) -> str:
    """The key that signs sessions and links.

    With the embedded database it is made once and kept in `data_dir`, readable by its owner only; otherwise the
    environment must give it.

    Raises:
        ImproperlyConfigured: `SECRET_KEY` is missing and there is no embedded database, or the key that was made
            belongs to another user.
    """
    given: str = env.str("SECRET_KEY", default="")
    if given:
        return given
    if not embedded:
        raise ImproperlyConfigured(
            "SECRET_KEY is missing. With DATABASE_URL it must be set to 50 random characters or more, the same for "
            "every process: python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"
        )
    path = data_dir / "secret-key"
    try:
        if not path.exists():
            _make_secret_key(path)
        return path.read_text().strip()
    except PermissionError as error:
        raise ImproperlyConfigured(
            f"{path} cannot be read: somebody else runs smarketing in this folder. Be that user, or choose another "
            f"DATA_DIR."
        ) from error


def _make_secret_key(path: Path) -> None:
    """Write it aside and link it into place: of two processes that start at once, both use the key of the first."""
    places.make_data_dir(path.parent)
    aside = path.with_name(f"secret-key.{os.getpid()}")
    aside.touch(mode=0o600)
    aside.write_text(secrets.token_urlsafe(50))
    try:
        path.hardlink_to(aside)
    except FileExistsError:
        pass
    finally:
        aside.unlink()
