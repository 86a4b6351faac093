"""Zones of pages that upper rooms fill: the page asks for a zone, and no room imports upwards.

A room fills a zone in its `registry.py`: `slots.fill("lead.help", 20, "leads/scoring/_lines.html", score_lines)`. The
page asks `slots.parts("lead.help", request, leads)` once for all records that it shows, and draws each record's parts
with `{% show_parts %}`. A page that is about nobody else (home, settings) asks with the visitor as the only subject.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model

from workspace.http import SignedInRequest

Loaded = Mapping[Any, Mapping[str, object]]
Loader = Callable[[SignedInRequest, Sequence[Any]], Loaded]


@dataclass(frozen=True, order=True)
class Filling:
    """What one room puts into one zone.

    `loader` gets all subjects at once, so that a list costs the same queries at any length, and answers the template's
    context by primary key; a subject that it leaves out shows nothing. Without a loader the template is drawn for all.
    """

    slot: str
    order: int
    template: str
    loader: Loader | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Part:
    """A template and the context that it is drawn with."""

    template: str
    context: Mapping[str, object]


_fillings: dict[str, list[Filling]] = defaultdict(list)


def fill(slot: str, order: int, template: str, loader: Loader | None = None) -> None:
    """Put `template` into the zone `slot`; low orders stand first.

    Raises:
        ValueError: the zone has this template, or another one at the same place, already.
    """
    for other in _fillings[slot]:
        if other.template == template or other.order == order:
            raise ValueError(
                f"Slot {slot!r} has {other.template!r} at {other.order}; {template!r} does not fit at {order}."
            )
    _fillings[slot] = sorted([*_fillings[slot], Filling(slot, order, template, loader)])


def parts(slot: str, request: SignedInRequest, subjects: Sequence[Model]) -> dict[Any, list[Part]]:
    """The parts of every subject, in order, by primary key. Costs what the loaders cost, once for all subjects."""
    found: dict[Any, list[Part]] = {subject.pk: [] for subject in subjects}
    for filling in _fillings.get(slot, ()):
        loaded: Loaded = filling.loader(request, subjects) if filling.loader else {pk: {} for pk in found}
        for pk, context in loaded.items():
            found[pk].append(Part(filling.template, context))
    return found


def entries() -> list[Filling]:
    """All fillings by zone and order, for the guard test."""
    return sorted(filling for fillings in _fillings.values() for filling in fillings)
