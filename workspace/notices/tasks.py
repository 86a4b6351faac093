"""The clock's part in notices: rounds of mail, and letting go of what is old."""

import logging
import smtplib
import time
from typing import Final

from celery import shared_task
from django.core.cache import cache
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import DatabaseError
from django.utils import timezone

from workspace.notices import mailing
from workspace.notices.models import Notice, NoticeMail

logger = logging.getLogger(__name__)

# A round ends after a while, so that it holds no worker for ever; the next one goes on.
ROUND_SECONDS: Final = 45
# After the server could not be reached, or went away in the middle, it is left in peace.
PAUSE_SECONDS: Final = 60
FORGOTTEN_AT_ONCE: Final = 5_000
_RUNNING, _PAUSE = "workspace.notices.round", "workspace.notices.pause"

# What the server says of one mail or one mailbox; everything else it raises means that the server itself is in trouble.
_OF_ONE_MAIL: Final = (
    smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError, smtplib.SMTPNotSupportedError,
)  # fmt: skip


@shared_task(name="workspace.notices.send_mails")
def send_mails() -> None:
    """Send the mails and digests that are due, one after the other, in one round at a time.

    A second run finds nothing due, and what another worker has is skipped. A server that cannot be reached costs no mail a
    try: it is asked before any is taken.
    """
    now = timezone.now()
    if not mailing.is_anything_due(now) or cache.get(_PAUSE):
        return
    # Only to keep a slow server from holding every worker: who sends what is decided by locks on rows.
    if not cache.add(_RUNNING, True, ROUND_SECONDS * 2):
        return
    connection = get_connection()
    try:
        mailing.settle(now)
        connection.open()
        _round(connection)
    except DatabaseError:
        raise
    except Exception:  # whatever a mail provider's library raises
        logger.warning("The mail server is in trouble; notices wait", exc_info=True)
        cache.set(_PAUSE, True, PAUSE_SECONDS)
    finally:
        _close(connection)
        cache.delete(_RUNNING)


def _round(connection: BaseEmailBackend) -> None:
    end = time.monotonic() + ROUND_SECONDS
    while time.monotonic() < end:
        now = timezone.now()
        mail = mailing.claim(now)
        if mail is None:
            return
        try:
            mailing.hand_over(mail, connection, now)
        except _OF_ONE_MAIL:
            logger.warning("The mail %s of notices was refused", mail.pk, exc_info=True)
        except mailing.NotWritten:
            logger.exception("The mail %s of notices could not be written", mail.pk)


def _close(connection: BaseEmailBackend) -> None:
    try:
        connection.close()
    except (OSError, smtplib.SMTPException):
        logger.info("The mail server did not say goodbye", exc_info=True)


@shared_task(name="workspace.notices.forget")
def forget() -> None:
    """Let go of old notices and mails; a second run finds fewer."""
    now = timezone.now()
    while True:
        old = Notice.objects.forgettable(now).order_by("pk").values("pk")[:FORGOTTEN_AT_ONCE]
        if not Notice.objects.filter(pk__in=old).delete()[0]:
            break
    NoticeMail.objects.exclude(state__in=NoticeMail.OPEN).filter(notices=None).delete()
