"""The environment of the workspace that is hurt: a production's, with a database of its own at an address."""

import os
from pathlib import Path

from smarketing.embedded.server import NAME, EmbeddedServer

ROOT = Path(__file__).resolve().parent.parent.parent
SECRET_KEY = "for-faults-only-q8Zr3vYt5WmXc1Lp7Nd0Ks9Hb2Gf4Je6Ua"


def of(server: EmbeddedServer, port: int, **given: str) -> dict[str, str]:
    """What services and harness are started with; nothing of the developer's own settings."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "LC_ALL", "TMPDIR"}}
    return (
        kept
        | {
            "DATA_DIR": str(server.data_dir),
            "DATABASE_URL": f"postgres://{NAME}@{str(server.socket_dir).replace('/', '%2F')}/{NAME}",
            "SECRET_KEY": SECRET_KEY,
            "HOST": "127.0.0.1",
            "PORT": str(port),
            "DEMO": "off",
            "DEBUG": "off",
            "EMAIL_URL": "",
            "CELERY_BROKER_URL": "",
            "CACHE_URL": "",
            "WEB_WORKERS": "2",
            "TASK_WORKERS": "2",
            "DJANGO_SETTINGS_MODULE": "smarketing.settings",
        }
        | given
    )
