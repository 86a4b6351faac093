"""The kinds of notices that concern every kind of record: being named, and remarks on what one follows."""

from django.utils.translation import gettext_lazy as _

from workspace.notices import recipients, telling
from workspace.notices.kinds import NoticeKind
from workspace.notices.models import Level
from workspace.people import roles

# Upper rooms let texts of their own verbs name people by `telling.hear_mentions`.
telling.register(
    NoticeKind(
        "mention",
        _("Somebody names me with @"),
        many=_("{count} mentions, the last by {who}"),
        hears={"remark.made": recipients.mentioned},
        one=_("{who} named you"),
        default=Level.MAIL,
        icon="at-sign",
    ),
    NoticeKind(
        "remark",
        _("Somebody remarks on what I follow"),
        many=_("{count} remarks by {who}"),
        hears={"remark.made": recipients.followers},
    ),
)

roles.grant(["workspace_notices.view_noticemail"], [roles.Role.ADMINISTRATOR])
