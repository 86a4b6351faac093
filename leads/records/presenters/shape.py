"""How the list of leads looks to somebody: its columns, in their order and width."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models.functions import JSONObject
from django.template.base import NodeList
from django.template.engine import Engine

from leads.records import columns
from leads.records.columns import Chosen, ListColumn
from leads.records.models import CustomField, LeadQuerySet, Segment
from workspace.people.models import Person

# Columns that together are wider than this scroll instead of giving way; how wide the table is then is a class, in steps,
# since the policy of the pages allows no style of its own.
_ROOM, _STEP, _WIDEST = 1_300, 100, 4_000
# Those behind stand on the page of all saved lists.
_MOST_SAVED = 100


@dataclass(frozen=True)
class SavedTab:
    """A saved list, as much of it as a tab needs."""

    pk: int
    name: str
    sharing: str


@dataclass(frozen=True)
class Surroundings:
    """What a list of leads has around it, whatever it shows: its reader's choices, saved lists, and the own fields in use."""

    columns: object
    default: int | None
    saved: list[SavedTab]
    own: list[CustomField]

    @classmethod
    def of(cls, person: Person) -> "Surroundings":
        """Costs one query."""
        definitions = CustomField.objects.filter(on=CustomField.On.LEAD, is_active=True).order_by("position", "pk")
        own = ArraySubquery(
            definitions.values(json=JSONObject(key="key", label="label", kind="kind", is_filterable="is_filterable"))
        )
        visible = Segment.objects.visible_to(person).order_by("name", "pk")[:_MOST_SAVED]
        saved = ArraySubquery(visible.values(json=JSONObject(pk="pk", name="name", sharing="sharing")))
        chosen, default, tabs, found = (
            Person.objects.filter(pk=person.pk)
            .values_list("list_shape__columns", "list_shape__default", saved, own)
            .get()
        )
        return cls(
            chosen,
            default,
            [SavedTab(**one) for one in tabs],
            [CustomField(on=CustomField.On.LEAD, **one) for one in found],
        )

    @cached_property
    def known(self) -> Mapping[str, ListColumn]:
        """All columns that there are."""
        return columns.available(self.own)


class ShownColumn:
    """A column of this very list: with its width, and the order by which its head sorts."""

    def __init__(self, column: ListColumn, width: str, order: Any) -> None:
        self.column, self.width, self.order = column, width, order
        self.label, self.end, self.letter = column.label, column.end, column.letter
        self.is_letter_alone = column.is_letter_alone

    @cached_property
    def nodes(self) -> NodeList:
        """The parsed template of its cells."""
        return Engine.get_default().get_template(self.column.template).nodelist


def shown_columns(chosen: Chosen, known: Mapping[str, ListColumn], orders: Mapping[str, Any]) -> list[ShownColumn]:
    """The chosen columns with their widths and the orders of their heads."""
    has_room = least_width(chosen, known) == 0
    return [
        ShownColumn(known[key], known[key].width_in(size, has_room=has_room), orders.get(known[key].sorting))
        for key, size in chosen
    ]


def least_width(chosen: Chosen, known: Mapping[str, ListColumn]) -> int:
    """From how many pixels on the table scrolls; zero for one whose columns give way."""
    pixels = sum(known[key].pixels_in(size) for key, size in chosen)
    return 0 if pixels <= _ROOM else min(pixels // _STEP * _STEP, _WIDEST)


def with_columns(rows: LeadQuerySet, shown: list[ShownColumn]) -> LeadQuerySet:
    """`rows` with what the columns show. Costs no query more, whatever they are."""
    joins = {join for one in shown for join in one.column.joins}
    extras = {name: expression for one in shown for name, expression in one.column.extras.items()}
    return (rows.select_related(*sorted(joins)) if joins else rows).annotate(**extras)
