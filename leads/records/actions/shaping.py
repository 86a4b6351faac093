"""What people choose about how their own list of leads looks."""

from collections.abc import Iterable

from leads.records import columns, custom
from leads.records.models import ListShape
from workspace.people.models import Person


def choose_columns(person: Person, chosen: Iterable[tuple[str, str]]) -> ListShape:
    """Show these columns (key and size) in the lists of `person`; none are the usual ones again. A taste, not an event.

    Raises:
        ValidationError: for `columns`: there is no such column or size, or there are too many.
    """
    pairs = list(chosen)
    known = columns.available(custom.definitions("lead").values())
    stored = columns.clean(pairs, known) if pairs else []
    shape, _made = ListShape.objects.update_or_create(person=person, defaults={"columns": stored})
    return shape
