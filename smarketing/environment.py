"""What is read from the environment with more than one line of care."""

import secrets
from pathlib import Path

from environs import Env


def secret_key(env: Env, data_dir: Path, *, embedded: bool) -> str:
    """The key that signs sessions and links.

    With the embedded database it is made once and kept in `data_dir`, readable by its owner only; otherwise the
    environment must give it.

    Raises:
        EnvError: `SECRET_KEY` is missing and there is no embedded database.
    """
    given: str = env.str("SECRET_KEY", default="")
    if given:
        return given
    if not embedded:
        required: str = env.str("SECRET_KEY")
        return required
    path = data_dir / "secret-key"
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text().strip()
