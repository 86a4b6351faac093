"""What integrations make known: the way to one's own tokens."""

from collections.abc import Mapping, Sequence

from workspace import slots
from workspace.hooks import policies
from workspace.http import SignedInRequest
from workspace.people.models import Person


def _makers(_request: SignedInRequest, people: Sequence[Person]) -> Mapping[int, Mapping[str, object]]:
    return {one.pk: {} for one in people if policies.may_make(one, one)}


slots.fill("settings.main", 50, "workspace/integrations/_settings.html", _makers)
