"""Mail to people who are to come in."""

import logging
from datetime import timedelta

from celery import shared_task
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from workspace import queue
from workspace.people.models import Invitation
from workspace.staff import actions

logger = logging.getLogger(__name__)

MOST_TRIES = 10
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)
AT_ONCE = 100


@shared_task(name="workspace.staff.mail_invitation")
def mail_invitation(invitation_id: int) -> None:
    """Mail the link by which the invited person comes in, if that is still due.

    A second run finds nothing due. When a worker dies between sending and storing, the mail is sent again, and its newer
    link is the one that counts. What the mail server refuses is tried again, ever later, ten times in all.
    """
    now = timezone.now()
    with transaction.atomic():
        due = Invitation.objects.to_mail(now).select_for_update(no_key=True, skip_locked=True, of=("self",))
        invitation = due.select_related("invited_by").filter(pk=invitation_id).first()
        if invitation is None:
            return
        try:
            with transaction.atomic():
                _send(invitation)
        except Exception:  # whatever a mail provider's library raises: a try that failed is a try
            logger.warning("The invitation %s could not be mailed", invitation_id, exc_info=True)
            invitation.mail_tries += 1
            wait = min(FIRST_WAIT * 2 ** (invitation.mail_tries - 1), LONGEST_WAIT)
            invitation.mail_due_at = now + wait if invitation.mail_tries < MOST_TRIES else None
        else:
            invitation.mail_due_at, invitation.mailed_at = None, now
        invitation.save(update_fields=["mail_due_at", "mail_tries", "mailed_at"])


def _send(invitation: Invitation) -> None:
    context = {"invitation": invitation, "link": actions.fresh_link(invitation)}
    subject = render_to_string("workspace/people/mail/invitation_subject.txt", context).strip()
    body = render_to_string("workspace/people/mail/invitation.txt", context)
    send_mail(subject, body, None, [invitation.email])


@shared_task(name="workspace.staff.sweep_invitations")
def sweep_invitations() -> None:
    """Send for a worker where a mail is due and its message was lost; a second run sends again, to no effect."""
    for pk in Invitation.objects.to_mail(timezone.now()).values_list("pk", flat=True)[:AT_ONCE]:
        queue.soon("workspace.staff.mail_invitation", pk)
