"""Mail about one's own sign-in, and sessions that have ended by themselves."""

import logging
from datetime import timedelta

from allauth.usersessions.models import UserSession
from celery import shared_task
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from workspace import queue
from workspace.security.models import Alert

logger = logging.getLogger(__name__)

MOST_TRIES = 10
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)
AT_ONCE = 100


@shared_task(name="workspace.security.mail_alert")
def mail_alert(alert_id: int) -> None:
    """Mail one alert, if it is still due.

    A second run finds nothing. When a worker dies between sending and deleting, the mail is sent again. What the mail
    server refuses is tried again, ever later, ten times in all.
    """
    now = timezone.now()
    with transaction.atomic():
        due = Alert.objects.to_mail(now).select_for_update(no_key=True, skip_locked=True, of=("self",))
        alert = due.select_related("person").filter(pk=alert_id).first()
        if alert is None:
            return
        try:
            _send(alert)
        except Exception:  # whatever a mail provider's library raises: a try that failed is a try
            logger.warning("The security mail %s could not be sent", alert_id, exc_info=True)
            _wait(alert)
        else:
            alert.delete()


def _wait(alert: Alert) -> None:
    alert.mail_tries += 1
    if alert.mail_tries >= MOST_TRIES:
        alert.delete()
        return
    alert.mail_due_at = timezone.now() + min(FIRST_WAIT * 2 ** (alert.mail_tries - 1), LONGEST_WAIT)
    alert.save(update_fields=["mail_due_at", "mail_tries"])


def _send(alert: Alert) -> None:
    context = {"alert": alert, "page": str(settings.BASE_URL) + reverse("security:index")}
    with timezone.override(alert.person.zone), translation.override(settings.LANGUAGE_CODE):
        subject = render_to_string("workspace/security/mail/alert_subject.txt", context).strip()
        body = render_to_string("workspace/security/mail/alert.txt", context)
    send_mail(subject, body, None, [alert.person.email])


@shared_task(name="workspace.security.sweep_alerts")
def sweep_alerts() -> None:
    """Send for a worker where a mail is due and its message was lost; a second run sends again, to no effect."""
    for pk in Alert.objects.to_mail(timezone.now()).values_list("pk", flat=True)[:AT_ONCE]:
        queue.soon("workspace.security.mail_alert", pk)


@shared_task(name="workspace.security.forget_ended_sessions")
def forget_ended_sessions() -> None:
    """Delete sessions past their time, and what is known of sessions that are gone; a second run finds none."""
    Session.objects.filter(expire_date__lte=timezone.now()).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
