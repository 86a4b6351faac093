"""Changing an option of the workspace."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from workspace.journal import actions as journal
from workspace.options.declared import Option
from workspace.options.models import StoredOption
from workspace.people.models import Person


@transaction.atomic
def change(option: Option[Any], value: object, *, by: Person | None, at: datetime, is_demo: bool = False) -> None:
    """Set `option` to `value`; what is so already is neither written nor journalled.

    Raises:
        PermissionDenied: `by` may not change options.
        ValidationError: the value is not of the option's type or does not pass its check.
    """
    if by is not None and not by.has_perm("workspace_options.change_storedoption"):
        raise PermissionDenied(_("Only administrators may change settings."))
    cleaned = option.clean(value)
    if option.get() == cleaned:
        return
    stored, _made = StoredOption.objects.update_or_create(
        key=option.key, defaults={"value": cleaned, "changed_by": by, "changed_at": at}
    )
    journal.record(
        "option.changed", subject=stored, by=by, at=at, is_demo=is_demo, option=str(option.label), value=cleaned
    )
