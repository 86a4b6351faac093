"""Notices, the mails that carry them, and what each person wants to hear of."""

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workspace.people.models import Person

KEPT_READ, KEPT_UNREAD = timedelta(days=60), timedelta(days=180)


class Level(models.TextChoices):
    """How somebody is told of one kind of event; whatever is not off stands in the bell."""

    OFF = "off", _("Off")
    BELL = "bell", _("Bell")
    MAIL = "mail", _("Mail")
    DIGEST = "digest", _("Digest")


MAILED = (Level.MAIL, Level.DIGEST)


class NoticeQuerySet(models.QuerySet["Notice"]):
    def of(self, person: Person) -> Self:
        return self.filter(person=person)

    def unread(self) -> Self:
        return self.filter(read_at=None)

    def forgettable(self, now: datetime) -> Self:
        """Old ones: the journal keeps what happened, the bell only what is of use."""
        read = Q(read_at__lt=now - KEPT_READ, told_at__lt=now - KEPT_READ)
        return self.filter(read | Q(told_at__lt=now - KEPT_UNREAD))

    def to_mail(self, now: datetime) -> Self:
        """Those whose mail or digest is due. What was read, or stands in a mail already, is due no more."""
        return self.filter(mail_due_at__lte=now)


class Notice(models.Model):
    """One event that one person is told of.

    It points at the journal's entry and repeats nothing of it, so that erasing a person there erases them here. A person is
    told once of an entry, by the kind that was registered first. `mail_due_at` is empty where no mail is to carry it (any
    more); `mail` is the one that does.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices", db_index=False)
    kind = models.CharField(max_length=60)
    level = models.CharField(max_length=6, choices=[choice for choice in Level.choices if choice[0] != Level.OFF])
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    group_key = models.CharField(max_length=120)
    entry_id = models.BigIntegerField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    # The moment at which the entry was recorded: it names the partition in which the entry lies.
    told_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    mail_due_at = models.DateTimeField(null=True)
    mail = models.ForeignKey("NoticeMail", models.SET_NULL, null=True, related_name="notices")

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        indexes = [
            models.Index(fields=["person", "group_key", "id"], name="notice_by_group"),
            models.Index(
                fields=["person", "subject_kind", "subject_id"],
                name="notice_unread_by_subject",
                condition=Q(read_at=None),
            ),
            models.Index(fields=["mail_due_at"], name="notice_mail_due", condition=Q(mail_due_at__isnull=False)),
            models.Index(fields=["told_at"], name="notice_by_age"),
            # For records that are merged, or deleted for good.
            models.Index(fields=["subject_kind", "subject_id"], name="notice_by_subject"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["person", "entry_id"], name="person_is_told_once_of_an_entry"),
            models.CheckConstraint(
                condition=Q(mail_due_at=None) | Q(read_at=None, mail=None, level__in=[*MAILED]),
                name="notice_is_mailed_unread_and_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_kind} {self.subject_id}"


class NoticeMail(models.Model):
    """One mail to one person. Its states make sure that no mail goes out twice; see `mailing`.

    `message_id` is made with the row and stays, so that a mailbox can tell what it has already.
    """

    class State(models.TextChoices):
        CLAIMED = "claimed", _("Taken by a worker")
        WAITING = "waiting", _("Waits for the next try")
        HANDING = "handing", _("Is being handed to the mail server")
        SENT = "sent", _("Sent")
        NEEDLESS = "needless", _("All of it was read meanwhile")
        UNSURE = "unsure", _("The worker died while handing it over")
        GIVEN_UP = "given_up", _("Refused too often")

    OPEN = (State.CLAIMED, State.WAITING, State.HANDING)

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    level = models.CharField(max_length=6, choices=[(one.value, one.label) for one in MAILED])
    state = models.CharField(max_length=8, choices=State, default=State.CLAIMED)
    message_id = models.CharField(max_length=200, unique=True)
    made_at = models.DateTimeField()
    # While claimed or handing: when the worker counts as dead. While waiting: when it is tried again.
    due_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("mail of notices")
        verbose_name_plural = _("mails of notices")
        indexes = [
            models.Index(
                fields=["due_at"], name="notice_mail_open", condition=Q(state__in=["claimed", "waiting", "handing"])
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "level"],
                name="one_open_mail_of_a_level_each",
                condition=Q(state__in=["claimed", "waiting", "handing"]),
            ),
            models.CheckConstraint(
                condition=(Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at=None)))
                & (
                    Q(state__in=["claimed", "waiting", "handing"], due_at__isnull=False)
                    | (~Q(state__in=["claimed", "waiting", "handing"]) & Q(due_at=None))
                ),
                name="notice_mail_end_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.level} {self.pk} ({self.state})"


class Preference(models.Model):
    """How one person wants to hear of one kind, where that is not the kind's default."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=60)
    level = models.CharField(max_length=6, choices=Level)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "kind"], name="one_preference_a_person_and_kind")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.level}"


class DigestPlan(models.Model):
    """When one person's digest comes, in their own time zone; who has none gets it daily at eight."""

    class Rhythm(models.TextChoices):
        DAILY = "daily", _("Every day")
        WEEKLY = "weekly", _("Once a week")

    class Weekday(models.IntegerChoices):
        MONDAY = 0, _("Monday")
        TUESDAY = 1, _("Tuesday")
        WEDNESDAY = 2, _("Wednesday")
        THURSDAY = 3, _("Thursday")
        FRIDAY = 4, _("Friday")
        SATURDAY = 5, _("Saturday")
        SUNDAY = 6, _("Sunday")

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="digest_plan")
    rhythm = models.CharField(max_length=6, choices=Rhythm, default=Rhythm.DAILY)
    hour = models.PositiveSmallIntegerField(default=8)
    weekday = models.PositiveSmallIntegerField(choices=Weekday, default=Weekday.MONDAY)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(hour__lte=23, weekday__lte=6), name="digest_plan_is_an_hour_of_a_week")
        ]

    def __str__(self) -> str:
        return f"{self.rhythm} {self.weekday} {self.hour}"


class Follow(models.Model):
    """That somebody follows a record, or does not want to (`is_muted`), though it is theirs."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    is_muted = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject_kind", "subject_id", "person"], name="one_follow_each_and_record")
        ]

    def __str__(self) -> str:
        return f"{self.subject_kind} {self.subject_id}"
