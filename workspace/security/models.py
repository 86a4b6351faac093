"""Mails that are still to be sent about somebody's own sign-in."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class AlertQuerySet(models.QuerySet["Alert"]):
    def to_mail(self, now: datetime) -> Self:
        """Those that are due, the longest wait first."""
        return self.filter(mail_due_at__lte=now).order_by("mail_due_at", "pk")


class Alert(models.Model):
    """A sentence that somebody has to hear of by mail. The row goes once it is mailed; the journal keeps what happened.

    No notice: those are switched off, and not mailed once they are read, by whoever has come into the account.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    text = models.TextField()
    happened_at = models.DateTimeField()
    mail_due_at = models.DateTimeField()
    mail_tries = models.PositiveSmallIntegerField(default=0)

    objects = AlertQuerySet.as_manager()

    class Meta:
        verbose_name = _("security mail")
        verbose_name_plural = _("security mails")
        indexes = [models.Index(fields=["mail_due_at", "id"], name="security_alert_by_due")]

    def __str__(self) -> str:
        return self.text
