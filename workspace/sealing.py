"""Secrets that must be read again are sealed at rest: a copy of the database alone opens nothing.

Authenticator apps, recovery codes, and what webhooks are signed with.
"""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.encoding import force_bytes


class Unreadable(Exception):
    """What was sealed cannot be opened: the workspace's secret key is another one now."""


def seal(text: str) -> str:
    """`text` encrypted with a key made from `SECRET_KEY`."""
    return _keys().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """What `seal` was given, also while the former key stands in `SECRET_KEY_FALLBACKS`.

    Raises:
        Unreadable: it was sealed with a key that is not known any more.
    """
    try:
        return _keys().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise Unreadable from error


def _keys() -> MultiFernet:
    return MultiFernet([_key(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(secret: str | bytes) -> Fernet:
    # The room in which it began: another word would open nothing that was sealed before.
    digest = hashlib.sha256(b"workspace.security.sealing" + force_bytes(secret)).digest()
    return Fernet(base64.urlsafe_b64encode(digest))
