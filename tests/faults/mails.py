"""Mails of notices: what left, and how often."""

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from django.db.models import Count
from django.utils import timezone

from workspace.notices.models import Notice, NoticeMail

State = NoticeMail.State


def hurry() -> None:
    """Let the minutes be over for which a notice waits to be read before it is mailed."""
    Notice.objects.filter(mail_due_at__gt=timezone.now()).update(mail_due_at=timezone.now())


def are_out() -> bool:
    """Whether no notice waits for a mail, and no mail for its next try."""
    hurry()
    waiting = Notice.objects.filter(mail_due_at__isnull=False)
    return not waiting.exists() and not NoticeMail.objects.filter(state__in=NoticeMail.OPEN).exists()


def in_folder(folder: Path) -> Counter[str]:
    """How often each mail of notices left, where mails become files."""
    found: Counter[str] = Counter()
    for path in folder.glob("*.log"):
        found.update(re.findall(r"^Message-ID: (<\S+\.notices@\S+>)", path.read_text(errors="replace"), re.MULTILINE))
    return found


def compare(left: Counter[str], mails: Iterable[NoticeMail]) -> tuple[int, int, int, int]:
    """How many mails there were to be, how many never left, how many left twice, and of how many nobody knows.

    Nobody knows of a mail whose worker was killed while the server heard of it: it is not sent again, by decision.
    """
    rows = list(mails)
    unsure = sum(mail.state == State.UNSURE for mail in rows)
    lost = sum(
        mail.state == State.GIVEN_UP or (mail.state == State.SENT and not left[mail.message_id]) for mail in rows
    )
    twice = sum(max(0, left[mail.message_id] - 1) for mail in rows)
    return len(rows), lost, twice, unsure


def told() -> list[NoticeMail]:
    """All mails that carry notices."""
    return list(NoticeMail.objects.annotate(lines=Count("notices")).filter(lines__gt=0).order_by("pk"))
