"""What integrations make known: the ways to one's own tokens and to webhooks, and who is told of one that was given up."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from workspace import slots
from workspace.hooks import policies
from workspace.http import SignedInRequest
from workspace.notices import telling
from workspace.notices.kinds import NoticeKind
from workspace.notices.models import Level
from workspace.notices.recipients import of_batch
from workspace.people.models import Person
from workspace.people.roles import Role


def _makers(_request: SignedInRequest, people: Sequence[Person]) -> Mapping[int, Mapping[str, object]]:
    return {one.pk: {} for one in people if policies.may_make(one, one)}


def _keepers(_request: SignedInRequest, people: Sequence[Person]) -> Mapping[int, Mapping[str, object]]:
    return {one.pk: {} for one in people if policies.may_keep_webhooks(one)}


slots.fill("settings.main", 50, "workspace/integrations/_settings.html", _makers)
slots.fill("settings.main", 55, "workspace/integrations/_webhooks_settings.html", _keepers)

_administrators = of_batch(
    "held.person_id",
    f"JOIN auth_group role ON role.name = '{Role.ADMINISTRATOR.value}' "
    "JOIN workspace_people_person_groups held ON held.group_id = role.id",
)
telling.register(
    NoticeKind(
        "webhook_off",
        _("A webhook that I administer was given up"),
        many=_("{count} webhooks were given up"),
        hears={"webhook.switched_off": _administrators},
        one=_("Switched off, since nothing arrives there any more: {error}"),
        default=Level.MAIL,
    )
)
