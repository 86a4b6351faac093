"""The page of notices, and whom an @ may name."""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Model, Q

from workspace.notices import reading
from workspace.notices.models import Notice
from workspace.notices.reading import Line
from workspace.paging import Keyset, Page
from workspace.people.models import Person
from workspace.remarks import policies

PAGE_SIZE = 30
PANEL_SIZE = 12
_SUGGESTED = 6


class Bell:
    """The lines of one page of notices, newest first; in the panel the first few."""

    def __init__(self, person: Person, *, cursor: str | None, shown: str = "all", size: int = PAGE_SIZE) -> None:
        self._person = person
        self._cursor = cursor
        self._size = size
        self.shown = "unread" if shown == "unread" else "all"

    @cached_property
    def page(self) -> Page[Notice]:
        """The newest notice of each group. Costs one query beside the permissions.

        Raises:
            BadCursor: the cursor is of another list.
        """
        notices = Notice.objects.unread() if self.shown == "unread" else None
        newest = reading.newest(self._person, notices)
        return Keyset(newest, sort="-told_at", nullable=False, size=self._size).page(self._cursor)

    @cached_property
    def lines(self) -> list[Line]:
        return reading.lines_of(self._person, self.page.items)

    @property
    def has_unread(self) -> bool:
        return any(line.is_unread for line in self.lines)

    @property
    def up_to(self) -> int:
        """The newest notice that the reader has seen when they press "all read"."""
        return max((line.notice.pk for line in self.lines), default=0)


@dataclass(frozen=True)
class Suggestion:
    """Somebody whom an @ may name, with what is put behind it: the name, or the address where two have that name."""

    person: Person
    written: str


def suggestions(person: Person, text: str, record: Model) -> list[Suggestion]:
    """Colleagues with a word of their name, or an address, that begins with `text`, who may see `record`.

    Costs two queries, and up to three for each of the few that are shown.
    """
    begins = Q(name__istartswith=text) | Q(name__icontains=f" {text}") | Q(email__istartswith=text)
    found = Person.objects.visible_to(person).active().filter(begins).exclude(pk=person.pk)
    best = found.annotate(is_named=Q(name__istartswith=text)).order_by("-is_named", "name", "pk")
    readers = [one for one in best[: _SUGGESTED * 2] if policies.may_see(one, record)]
    names = [one.name.casefold() for one in readers]
    return [
        Suggestion(one, one.name if one.name and names.count(one.name.casefold()) == 1 else one.email)
        for one in readers[:_SUGGESTED]
    ]
