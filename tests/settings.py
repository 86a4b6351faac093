"""The settings of a test run: the product's, in an environment of its own, with what is slow replaced.

`DATA_DIR` and `DATABASE_URL` may be given by the developer; nothing else of their environment or `.env` is used.
"""

import os
from pathlib import Path

os.environ.setdefault("DATA_DIR", str(Path(__file__).resolve().parent.parent / ".test-data"))
os.environ.setdefault("DATABASE_URL", "")
os.environ.update(
    ALLOWED_HOSTS="testserver,127.0.0.1,localhost",
    CACHE_URL="",
    CELERY_BROKER_URL="memory://",
    CSRF_TRUSTED_ORIGINS="",
    DEBUG="off",
    DEFAULT_FROM_EMAIL="smarketing <smarketing@example.com>",
    DEMO="off",
    EMAIL_URL="memory://",
    HOST="127.0.0.1",
    LOG_LEVEL="WARNING",
    OIDC_ASKS_SECOND_FACTOR="off",
    OIDC_CLIENT_ID="",
    OIDC_CLIENT_SECRET="",
    OIDC_ISSUER="",
    PASSWORD_SIGN_IN="on",
    PORT="8000",
    SECRET_KEY="for tests only",
    SECRET_KEY_FALLBACKS="",
    WEBHOOK_NETWORKS="",
)

from smarketing.settings import *  # noqa: F403 (the environment comes first; everything else is the product's)
from smarketing.settings import DATA_DIR

MEDIA_ROOT = DATA_DIR / "files"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
