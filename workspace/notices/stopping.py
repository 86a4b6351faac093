"""Links in mails that stop mails of their kind, for whoever has the mail: signed, so that nobody guesses or changes one."""

from typing import Final, NamedTuple

from django.conf import settings
from django.core import signing
from django.urls import reverse

from workspace.notices.models import KEPT_UNREAD, MAILED, Level, NoticeMail
from workspace.people.models import Person

# So long the lines of a mail lead to what they tell of.
_GOOD_FOR: Final = KEPT_UNREAD
_SALT: Final = "workspace.notices.stopping"
_LONGEST: Final = 200


class Stop(NamedTuple):
    """Whose mails a link stops, and of which kind: those at once, or digests."""

    person: Person
    level: Level


def link(mail: NoticeMail) -> str:
    """The link that stands in `mail`."""
    token = signing.dumps([mail.person_id, mail.level], salt=_SALT)
    return f"{settings.BASE_URL}{reverse('notices:stop', args=[token])}"


def opened(token: str) -> Stop | None:
    """What a link says; None for one that is forged or too old, or of somebody who is not here. Costs up to one query."""
    if len(token) > _LONGEST:
        return None
    try:
        pk, level = signing.loads(token, salt=_SALT, max_age=_GOOD_FOR)
    except signing.BadSignature:
        return None
    person = Person.objects.active().filter(pk=pk).first()
    return Stop(person, Level(level)) if person and level in MAILED else None
