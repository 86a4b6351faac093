"""Mails of notices: gathered by person, handed over once, tried again when the server says no.

A mail is a row that is *claimed* (what it tells is gathered under a lock), then *handing* (committed before the server hears
of it), then *sent*. A worker that dies before handing over costs time: the lease runs out, and another one takes the mail. One
that dies in between leaves a mail of which nobody knows; it is not sent again, and what it told is in the bell. See
docs/decisions/notice-mails-go-out-once-at-most.md.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Final

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.db import DatabaseError, transaction
from django.db.models import Exists, OuterRef, Q
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import ngettext

from workspace.notices import digests, kinds, reading, stopping
from workspace.notices.models import MAILED, Level, Notice, NoticeMail
from workspace.notices.reading import Line
from workspace.people.models import Person

State = NoticeMail.State
# Longer than a server is waited for (EMAIL_TIMEOUT), so that nobody living counts as dead.
LEASE: Final = timedelta(minutes=5)
MOST_TRIES: Final = 12
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)
MOST_LINES: Final = 40


class NotWritten(Exception):
    """A mail whose words could not be found: a fault of ours, which the other mails do not wait for."""


def claim(now: datetime) -> NoticeMail | None:
    """Take one mail: one whose next try is due or whose worker died, else a new one for somebody with notices due."""
    return _claim_again(now) or _claim_new(now)


@transaction.atomic
def _claim_again(now: datetime) -> NoticeMail | None:
    ready = Q(state__in=[State.WAITING, State.CLAIMED], due_at__lte=now)
    rows = NoticeMail.objects.filter(ready).order_by("due_at", "pk")
    mail = rows.select_for_update(no_key=True, skip_locked=True, of=("self",)).first()
    if mail is None:
        return None
    mail.state, mail.due_at = State.CLAIMED, now + LEASE
    mail.save(update_fields=["state", "due_at"])
    return mail


@transaction.atomic
def _claim_new(now: datetime) -> NoticeMail | None:
    due = Notice.objects.to_mail(now).filter(person=OuterRef("pk"))
    is_open = NoticeMail.objects.filter(person=OuterRef("pk"), state__in=NoticeMail.OPEN)
    people = Person.objects.active().filter(Exists(due), ~Exists(is_open)).order_by("pk")
    # The person's row is the lock: nobody else gathers for them, or changes their wishes, meanwhile.
    person = people.select_for_update(no_key=True, skip_locked=True, of=("self",)).first()
    if person is None:
        return None
    mine = Notice.objects.of(person).unread().filter(mail_due_at__isnull=False)
    oldest = mine.filter(mail_due_at__lte=now).order_by("mail_due_at", "pk").first()
    if oldest is None:  # read between our look and the lock
        return None
    gathered = mine.filter(level=oldest.level)
    mail = NoticeMail.objects.create(
        person=person, level=oldest.level, message_id=_message_id(), made_at=now, due_at=now + LEASE
    )
    gathered.update(mail=mail, mail_due_at=None)
    return mail


def _message_id() -> str:
    _name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return f"<{uuid.uuid4()}.notices@{address.rpartition('@')[2] or 'localhost'}>"


def compose(mail: NoticeMail) -> EmailMultiAlternatives | None:
    """The mail of what is still unread, may still be seen and is still wished for by mail; None where nothing is left.

    Costs what its lines cost, and one query.
    """
    person = mail.person
    wished = [key for key, level in kinds.levels_of(person).items() if level in MAILED]
    unread = mail.notices.unread().filter(kind__in=wished)
    newest = reading.newest(person, unread).order_by("-told_at", "-pk")
    lines = reading.lines_of(person, list(newest[: MOST_LINES + 1]), among=unread)
    if not lines:
        return None
    stop_url = stopping.link(mail)
    with timezone.override(digests.zone_of(person)):
        context = {
            "person": person,
            "lines": lines[:MOST_LINES],
            "has_more": len(lines) > MOST_LINES,
            "is_digest": mail.level == Level.DIGEST,
            "base_url": settings.BASE_URL,
            "stop_url": stop_url,
            "subject": _subject(mail, lines),
            "zone": person.time_zone,
        }
        text = render_to_string("workspace/notices/mail/notices.txt", context)
        html = render_to_string("workspace/notices/mail/notices.html", context)
    headers = {
        "Message-ID": mail.message_id,
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "List-Unsubscribe": f"<{stop_url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    message = EmailMultiAlternatives(str(context["subject"]), text, None, [person.email], headers=headers)
    message.attach_alternative(html, "text/html")
    return message


def _subject(mail: NoticeMail, lines: Sequence[Line]) -> str:
    """One line, whatever a record is called."""
    first = lines[0]
    count = sum(line.count for line in lines)
    if mail.level == Level.DIGEST:
        words = ngettext("Your digest: %d notice", "Your digest: %d notices", count) % count
    elif len(lines) == 1:
        words = f"{first.title}: {first.words}"
    else:
        others = len(lines) - 1
        words = ngettext("%(title)s and %(others)d other", "%(title)s and %(others)d others", others) % {
            "title": first.title, "others": others,
        }  # fmt: skip
    return " ".join(words.split())[:200]


def hand_over(mail: NoticeMail, connection: BaseEmailBackend, now: datetime) -> None:
    """Send a claimed mail through an open connection, once; what the server refuses waits for its next try.

    Raises whatever the connection raises, after the mail was put off.

    Raises:
        NotWritten: it could not even be written, and was put off.
    """
    message = _composed(mail, now)
    if message is None:
        _end(mail, State.NEEDLESS)
        return
    held = NoticeMail.objects.filter(pk=mail.pk, state=State.CLAIMED, due_at=mail.due_at)
    mail.state, mail.due_at, mail.tries = State.HANDING, now + LEASE, mail.tries + 1
    if not held.update(state=mail.state, due_at=mail.due_at, tries=mail.tries):
        return  # we took so long that another worker has it
    message.connection = connection
    try:
        message.send()
    except Exception as error:  # whatever a mail provider's library raises: a try that failed is a try
        _put_off(mail, error, timezone.now())
        raise
    _end(mail, State.SENT, sent_at=timezone.now())


def _composed(mail: NoticeMail, now: datetime) -> EmailMultiAlternatives | None:
    try:
        return compose(mail)
    except DatabaseError:
        raise  # the database is away: the lease runs out, and the mail is taken again
    except Exception as error:  # whatever one record of any room does when it is asked for its words
        mail.tries += 1
        _put_off(mail, error, now)
        raise NotWritten(mail.pk) from error


def _put_off(mail: NoticeMail, error: Exception, now: datetime) -> None:
    mail.error = f"{type(error).__name__}: {error}"[:300]
    if mail.tries >= MOST_TRIES:
        _end(mail, State.GIVEN_UP)
        return
    mail.state = State.WAITING
    mail.due_at = now + min(FIRST_WAIT * 2 ** (mail.tries - 1), LONGEST_WAIT)
    mail.save(update_fields=["state", "due_at", "tries", "error"])


def _end(mail: NoticeMail, state: NoticeMail.State, sent_at: datetime | None = None) -> None:
    mail.state, mail.sent_at, mail.due_at = state, sent_at, None
    mail.save(update_fields=["state", "sent_at", "due_at", "tries", "error"])


def settle(now: datetime) -> None:
    """Mark mails whose worker died while handing them over, which are not sent again, and forget those to people who left."""
    NoticeMail.objects.filter(state=State.HANDING, due_at__lte=now).update(state=State.UNSURE, due_at=None)
    Notice.objects.to_mail(now).filter(person__is_active=False).update(mail_due_at=None)


def is_anything_due(now: datetime) -> bool:
    """Whether a round has something to do. Costs up to two queries, each by an index of what is open."""
    return (
        NoticeMail.objects.filter(state__in=NoticeMail.OPEN, due_at__lte=now).exists()
        or Notice.objects.to_mail(now).exists()
    )
