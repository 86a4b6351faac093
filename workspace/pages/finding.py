"""What "Find anything" shows: places by their name, and hits in groups by kind."""

from collections.abc import Iterable
from typing import Final

from workspace import subjects
from workspace.pages.navigation import Place
from workspace.subjects import Hit

LONGEST: Final = 200


def places_called(text: str, places: Iterable[Place]) -> list[Place]:
    """Places with `text` at the beginning of a word of their name; all of them for no text."""
    wanted = text.casefold()
    return [place for place in places if any(word.startswith(wanted) for word in _beginnings(str(place.label)))]


def by_kind(hits: Iterable[Hit]) -> dict[str, list[Hit]]:
    """Hits under the label of their kind, kinds in the order in which the best hits came."""
    groups: dict[str, list[Hit]] = {}
    for hit in hits:
        groups.setdefault(str(subjects.get(hit.kind).label), []).append(hit)
    return groups


def _beginnings(label: str) -> list[str]:
    """The label from each of its words on, so that "day" and "my day" both find "My day"."""
    words = label.casefold().split()
    return [" ".join(words[start:]) for start in range(len(words))]
