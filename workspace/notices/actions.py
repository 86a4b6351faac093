"""What people do with notices: read them, follow records, say how they want to be told."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from workspace import subjects
from workspace.notices import digests, following, kinds
from workspace.notices.models import DigestPlan, Follow, Level, Notice, NoticeQuerySet, Preference
from workspace.people.models import Person

LAST_HOUR, LAST_WEEKDAY = 23, 6


def read_about(record: Model, *, by: Person, at: datetime) -> int:
    """Mark what `by` was told of `record` as read, since they look at it; returns how many. Costs one statement."""
    kind, pk = subjects.of(record)
    return _read(Notice.objects.of(by).filter(subject_kind=kind, subject_id=pk), at)


def read_group(notice: Notice, *, by: Person, at: datetime) -> int:
    """Mark all that stands in one line with `notice` as read; returns how many.

    Raises:
        PermissionDenied: it is somebody else's.
    """
    if notice.person_id != by.pk:
        raise PermissionDenied(_("This notice is somebody else's."))
    return _read(Notice.objects.of(by).filter(group_key=notice.group_key), at)


def read_all(*, by: Person, at: datetime, up_to: int) -> int:
    """Mark everything up to the notice `up_to` as read; what came after the page was drawn stays. Returns how many."""
    return _read(Notice.objects.of(by).filter(pk__lte=up_to), at)


def _read(notices: NoticeQuerySet, at: datetime) -> int:
    return notices.unread().update(read_at=at, mail_due_at=None)


def forget_about(kind: str, ids: Sequence[int]) -> None:
    """Let go of what people were told of records that are deleted for good, and of their wishes to be told."""
    for model in (Notice, Follow):
        model._default_manager.filter(subject_kind=kind, subject_id__in=ids).delete()


@transaction.atomic
def follow(record: Model, *, by: Person, at: datetime) -> None:
    """Let `by` be told what happens to `record`. A wish of one's own, not an event: the journal hears nothing.

    Raises:
        PermissionDenied: `by` may not see it.
        ValidationError: records of its kind are not followed.
    """
    _choose(record, by=by, at=at, is_muted=False)


@transaction.atomic
def unfollow(record: Model, *, by: Person, at: datetime) -> None:
    """Let `by` hear no more of `record`, be it their own; mentions and what is given to them still come.

    Raises:
        PermissionDenied: `by` may not see it.
        ValidationError: records of its kind are not followed.
    """
    _choose(record, by=by, at=at, is_muted=True)


def _choose(record: Model, *, by: Person, at: datetime, is_muted: bool) -> None:
    kind, pk = subjects.of(record)
    if kind not in following.entries():
        raise ValidationError(_("This cannot be followed."))
    if not subjects.get(kind).visible_to(by).filter(pk=pk).exists():
        raise PermissionDenied(_("You may not see this."))
    if is_muted and not following.is_owner(by, record):
        Follow.objects.filter(person=by, subject_kind=kind, subject_id=pk).delete()
        return
    wish = {"is_muted": is_muted, "at": at}
    Follow.objects.update_or_create(person=by, subject_kind=kind, subject_id=pk, defaults=wish)


@transaction.atomic
def set_preferences(person: Person, levels: Mapping[str, str], *, plan: DigestPlan, at: datetime) -> None:
    """Store how `person` wants to hear of each kind, and when the digest comes. What waits for a mail or a digest follows.

    Raises:
        ValidationError: there is no such kind, level, hour or day.
    """
    known = kinds.entries()
    if not set(levels) <= set(known):
        raise ValidationError(_("There is no such kind of notice."))
    for key, level in levels.items():
        if level not in Level.values:
            raise ValidationError({key: _("Choose one of the four.")})
    if plan.rhythm not in DigestPlan.Rhythm.values or plan.hour > LAST_HOUR or plan.weekday > LAST_WEEKDAY:
        raise ValidationError(_("Choose a day and an hour for the digest."))
    person = _locked(person)
    _store(person, levels)
    DigestPlan.objects.update_or_create(
        person=person, defaults={"rhythm": plan.rhythm, "hour": plan.hour, "weekday": plan.weekday}
    )
    _let_waiting_follow(person, levels, plan, at)


@transaction.atomic
def stop_mails(person: Person, level: str, *, at: datetime) -> None:
    """Let what `person` hears of by mails of `level` (at once, or as digests) stand in the bell alone from now on."""
    person = _locked(person)
    told_so = [key for key, chosen in kinds.levels_of(person).items() if chosen == level]
    levels = dict.fromkeys(told_so, Level.BELL.value)
    _store(person, levels)
    _let_waiting_follow(person, levels, digests.plan_of(person), at)


def _locked(person: Person) -> Person:
    """The person's row, locked, so that a worker does not gather a mail by the old wishes meanwhile."""
    return Person.objects.select_for_update(no_key=True, of=("self",)).get(pk=person.pk)


def _store(person: Person, levels: Mapping[str, str]) -> None:
    known = kinds.entries()
    Preference.objects.filter(person=person, kind__in=levels).delete()
    Preference.objects.bulk_create(
        Preference(person=person, kind=key, level=level) for key, level in levels.items() if level != known[key].default
    )


def plan_digest_anew(person: Person, *, at: datetime) -> None:
    """Let what waits for the digest of `person` come at their hour of another time zone. Costs two statements."""
    due = digests.next_at(digests.plan_of(person), digests.zone_of(person), at)
    Notice.objects.of(person).filter(level=Level.DIGEST, mail_due_at__isnull=False).update(mail_due_at=due)


def _let_waiting_follow(person: Person, levels: Mapping[str, str], plan: DigestPlan, at: datetime) -> None:
    waiting = Notice.objects.of(person).filter(mail_due_at__isnull=False)
    silent = [key for key, level in levels.items() if level in (Level.OFF, Level.BELL)]
    waiting.filter(kind__in=silent).update(mail_due_at=None, level=Level.BELL)
    due = digests.next_at(plan, digests.zone_of(person), at)
    for level, due_at in ((Level.MAIL, at), (Level.DIGEST, due)):
        moved = waiting.filter(kind__in=[key for key, chosen in levels.items() if chosen == level])
        moved.exclude(level=level).update(level=level, mail_due_at=due_at)
    waiting.filter(level=Level.DIGEST).update(mail_due_at=due)
