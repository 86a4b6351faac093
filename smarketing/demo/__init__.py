"""The demo workspace: the company Fennmark, told by each room's `demo` module, and removed in one act.

A room that has demo records has a module `demo` with `load(now)` and `remove(by, at)`. Rooms load from the lowest floor up and
remove from the highest down; what real records refer to by then stays and becomes the workspace's own.
"""

from collections.abc import Iterator
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from smarketing.options import DEMO_WAS_REMOVED
from workspace.journal import actions as journal
from workspace.journal.models import Way
from workspace.options import actions as options
from workspace.pages.options import WORKSPACE_NAME
from workspace.people.models import Person

COMPANY = "Fennmark"


@transaction.atomic
def load(now: datetime | None = None) -> None:
    """Fill an empty workspace with Fennmark's last twelve months, as seen at `now`; not again once it was removed."""
    if DEMO_WAS_REMOVED.get():
        return
    at = now or timezone.now()
    options.change(WORKSPACE_NAME, COMPANY, by=None, at=at, is_demo=True)
    with journal.by_way(Way.WEB):
        for room in _rooms():
            room.load(at)


@transaction.atomic
def remove(*, by: Person | None, at: datetime) -> None:
    """Remove every demo record with what was added to it, whoever added it, and what the journal says of them.

    Real leads lose the demo people who looked after them. `by` None is the command line.

    Raises:
        PermissionDenied: `by` may not change the workspace's settings.
        ValidationError: `by` is a demo person, who would go too.
    """
    if by is not None and by.is_demo:
        raise ValidationError(
            _("You are signed in as a demo person, who goes too. Invite yourself as an administrator first.")
        )
    journal.remove_demo_entries()
    for room in reversed(list(_rooms())):
        room.remove(by, at)
    if WORKSPACE_NAME.get() == COMPANY:
        options.change(WORKSPACE_NAME, WORKSPACE_NAME.default, by=by, at=at)
    options.change(DEMO_WAS_REMOVED, True, by=by, at=at)


def is_loaded() -> bool:
    """Whether there is anything to remove. Costs one query."""
    return Person.objects.filter(is_demo=True).exists()


def _rooms() -> Iterator[ModuleType]:
    """The `demo` modules of all rooms, from the lowest floor up: the order of the installed applications."""
    for config in apps.get_app_configs():
        name = f"{config.name}.demo"
        if config.name != "smarketing" and config.name.startswith(("workspace.", "leads.")) and find_spec(name):
            yield import_module(name)
