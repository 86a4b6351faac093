"""What the project makes known: its options, My day, and the way out of the demo workspace."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _

import smarketing.options  # noqa: F401 - declares them
from smarketing import demo
from smarketing.home import waiting
from workspace import slots
from workspace.http import SignedInRequest
from workspace.pages import navigation
from workspace.people import policies
from workspace.people.models import Person

navigation.register(
    navigation.Place("home", _("My day"), "sun", "home", 10, badge=waiting.badge, sums_badges=True, phone=True)
)


def _way_out(_request: SignedInRequest, people: Sequence[Person]) -> Mapping[int, Mapping[str, object]]:
    """For administrators, as long as there is a demo workspace."""
    return {one.pk: {} for one in people if policies.may_administer_people(one) and demo.is_loaded()}


slots.fill("settings.main", 90, "smarketing/_demo_settings.html", _way_out)
