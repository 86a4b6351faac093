"""Mail to people who are to come in."""

from celery import shared_task
from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse

from workspace.people.models import Invitation


@shared_task(name="workspace.people.mail_invitation", autoretry_for=(OSError,), retry_backoff=True, max_retries=5)
def mail_invitation(invitation_id: int, secret: str) -> None:
    """Mail the link by which the invited person comes in; a second run sends a second copy, which does no harm."""
    invitation = Invitation.objects.select_related("invited_by").get(pk=invitation_id)
    link = settings.BASE_URL + reverse("people:accept_invitation", args=[secret])
    context = {"invitation": invitation, "link": link}
    subject = render_to_string("workspace/people/mail/invitation_subject.txt", context).strip()
    body = render_to_string("workspace/people/mail/invitation.txt", context)
    send_mail(subject, body, None, [invitation.email])
