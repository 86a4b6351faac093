"""The journal's word for a remark: a remark is an entry on its record's timeline, so that there is one history of it."""

from django.utils.translation import gettext_lazy as _

from workspace import verbs
from workspace.verbs import Verb

verbs.register(
    Verb(
        "remark.made", _("Remark written"), _("remarked"), "message-square", "talks", personal=("text",), webhook=False
    ),
)
