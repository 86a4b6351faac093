"""Kinds of notices: what happens, who is told of it, and in which words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, NamedTuple

from django.utils.functional import Promise

from workspace.journal.actions import Batch
from workspace.journal.models import JournalEntry
from workspace.notices.models import Level, Notice, Preference
from workspace.people.models import Person
from workspace.registry import Registry


class Told(NamedTuple):
    """A SELECT of a person's id and the columns of an entry (`recipients.ENTRY_COLUMNS`): who is told of which entry of a batch.
    Who did it, who left and who does not want to hear of it are taken out later."""

    select: str
    params: Mapping[str, Any]


Recipients = Callable[[Batch], Told]


class Together(Enum):
    """What stands in one line of the bell: all of a kind about one record, or all that one act did to many records."""

    SUBJECT = "e.thread_kind || ':' || e.thread_id"
    BATCH = "e.batch_id::text"


@dataclass(frozen=True)
class NoticeKind:
    """One kind of notice, a line on everybody's page of preferences.

    `hears` names the verbs and who is told of each. One event reads as `one` (words for each verb, where these differ) with
    `{who}` and the entry's facts (by default the actor and the verb's own line), several as `many` with `{count}` and
    `{who}`. `facts` adds words for `one`, from the entry and the reader's id.
    A kind that goes together by `BATCH` has in `many_title` the records' plural with `{count}`, and in `many_url` the page
    that shows all that stands in line with a notice.
    """

    key: str
    label: str | Promise
    many: str | Promise
    hears: Mapping[str, Recipients] = field(hash=False)
    one: str | Promise | Mapping[str, str | Promise] = field(default="", hash=False)
    default: Level = Level.BELL
    icon: str = ""
    together: Together = Together.SUBJECT
    tells_own_acts: bool = False
    tells_imports: bool = False
    facts: Callable[[JournalEntry, int], Mapping[str, object]] | None = None
    many_title: str | Promise = ""
    many_url: Callable[[Notice], str] | None = None


kinds: Registry[NoticeKind] = Registry("notice kind")


def entries() -> dict[str, NoticeKind]:
    """All kinds in the order of registration, for the page of preferences and the guard test."""
    return dict(kinds)


def levels_of(person: Person) -> dict[str, str]:
    """How `person` hears of each kind: as they chose, or as is usual. Costs one query."""
    chosen = dict(Preference.objects.filter(person=person).values_list("kind", "level"))
    return {key: chosen.get(key, str(kind.default)) for key, kind in kinds.items()}
