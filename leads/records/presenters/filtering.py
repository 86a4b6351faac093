"""The filters of a list as controls of one form, whatever rooms added: each kind of filter has its kind of control."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.audience.models import Persona
from leads.funnel.models import Campaign, Interest, Offering, Source, Stage, Tag
from leads.records import custom, own_indexes
from leads.records.filters import CUSTOM, OWN_BOUNDED, OWN_BOUNDS
from leads.records.models import CustomField
from workspace.filtering import (
    AmountFilter,
    ChoiceFilter,
    DaysFilter,
    Filter,
    FilterSet,
    MomentFilter,
    PersonFilter,
    RecordFilter,
    SearchFilter,
)
from workspace.people.models import Person

Words = str | Promise

# The records that a filter offers as boxes; a filter of other records takes a name.
_OFFERED: dict[str, Any] = {
    "stage": Stage, "source": Source, "campaign": Campaign, "persona": Persona, "offering": Offering, "tag": Tag,
    "interest": Interest,
}  # fmt: skip
_MOST_BOXES = 200
_DAYS = (1, 7, 30, 90, 365)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True)
class Choice:
    value: str
    words: Words
    is_chosen: bool


@dataclass(frozen=True)
class Control:
    """One filter of the form. `make` is boxes, choice, text, number, date, hidden or waiting.

    `said` are the words of what is in use. `has_more` says that there are more records than boxes, so that one may type
    another one's name.
    """

    name: str
    label: Words
    make: str
    values: list[str] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    help_text: Words = ""
    said: str = ""
    error: str = ""
    has_more: bool = False

    @property
    def value(self) -> str:
        return self.values[-1] if self.values else ""


@dataclass(frozen=True)
class Filterable:
    """A custom field that the form offers; until its index is made it says so instead."""

    definition: CustomField
    is_ready: bool


def controls(filterset: FilterSet, person: Person, own: Sequence[Filterable] = ()) -> list[Control]:
    """A control for every filter but the search. Costs a query for each list of records that it offers."""
    said = {chip.name: chip for chip in filterset.chips()}
    filters: dict[str, Filter] = {
        name: one for name, one in filterset.filters.items() if not isinstance(one, SearchFilter)
    }
    found = [_control(name, one, filterset, person, said) for name, one in filters.items() if not _is_own(name)]
    offered = [control for one in own for control in _own_controls(one, filterset, said)]
    shown = {control.name for control in offered if control.make != "waiting"}
    # An address may filter by any own field; what the form does not offer it keeps.
    kept = [name for name in filters if _is_own(name) and name not in shown]
    hidden = [Control(name, filters[name].label, "hidden", _given(filterset, name)) for name in kept]
    return [*found, *offered, *hidden]


def filterable_fields(on: str) -> list[Filterable]:
    """The custom fields that the form offers. Costs one query, and one where there are any."""
    fields = [definition for definition in custom.definitions(on).values() if definition.is_filterable]
    ready = own_indexes.ready(fields)
    return [Filterable(definition, definition.pk in ready) for definition in fields]


def _is_own(name: str) -> bool:
    return name.startswith(CUSTOM)


def _control(name: str, one: Filter, filterset: FilterSet, person: Person, said: Mapping[str, Any]) -> Control:
    values = _given(filterset, name)
    make, choices, has_more = "text", list[Choice](), False
    if isinstance(one, PersonFilter):
        make, (choices, has_more) = "boxes", _people(filterset, name, person, values)
    elif isinstance(one, RecordFilter) and name in _OFFERED:
        make, (choices, has_more) = "boxes", _records(_OFFERED[name], filterset, name)
    elif isinstance(one, ChoiceFilter):
        make = "boxes" if one.many else "choice"
        choices = [Choice(key, words, key in values) for key, words in one.choices.items()]
    elif isinstance(one, DaysFilter):
        make, choices = "choice", _days(one, values)
    elif isinstance(one, AmountFilter):
        make = "number"
    elif isinstance(one, MomentFilter):
        make = "date" if all(map(_DAY.fullmatch, values)) else "text"  # a control for days would drop a moment
    elif not one.is_typed:
        make = "hidden"
    chip = said.get(name)
    return Control(
        name, one.label, make, values, choices, one.help_text if make == "text" or has_more else "",
        chip.words if chip else "", chip.error if chip else "", has_more,
    )  # fmt: skip


def _own_controls(one: Filterable, filterset: FilterSet, said: Mapping[str, Any]) -> list[Control]:
    definition, name = one.definition, f"{CUSTOM}{one.definition.key}"
    if not one.is_ready:
        return [Control(name, definition.label, "waiting")]
    if definition.kind not in OWN_BOUNDED:
        return [_own_control(definition, name, filterset, said)]
    make = "date" if definition.kind == CustomField.Kind.DATE else "number"
    return [
        Control(
            f"{name}.{bound}", words % definition.label, make, _given(filterset, f"{name}.{bound}"),
            error=said[f"{name}.{bound}"].error if f"{name}.{bound}" in said else "",
        )
        for bound, words in OWN_BOUNDS.items()
    ]  # fmt: skip


def _own_control(definition: CustomField, name: str, filterset: FilterSet, said: Mapping[str, Any]) -> Control:
    values, kinds = _given(filterset, name), CustomField.Kind
    # What is no longer offered is found as long as it is asked for.
    offered = [*definition.choices, *(choice for choice in definition.retired_choices if choice in values)]
    pairs: list[tuple[str, Words]] = [(choice, choice) for choice in offered]
    if definition.kind == kinds.YES_NO:
        pairs = [("yes", gettext_lazy("yes")), ("no", gettext_lazy("no"))]
    chip, make = said.get(name), "choice" if pairs else "text"
    return Control(
        name, definition.label, make, values, [Choice(key, words, key in values) for key, words in pairs],
        definition.help_text, chip.words if chip else "", chip.error if chip else "",
    )  # fmt: skip


def _given(filterset: FilterSet, name: str) -> list[str]:
    return [str(value) for value in filterset.data.getlist(name)]


def _chosen(filterset: FilterSet, name: str) -> list[Any]:
    return filterset.form.cleaned_data.get(name) or []


def _boxes(rows: QuerySet[Any], chosen: list[Any]) -> tuple[list[Choice], bool]:
    """Boxes of the first `rows`, and whether there are more; what is chosen always has one, else the form would drop it."""
    found = list(rows[: _MOST_BOXES + 1])
    offered = found[:_MOST_BOXES]
    shown = [*offered, *(record for record in chosen if record not in offered)]
    return [Choice(str(one.pk), str(one), one in chosen) for one in shown], len(found) > _MOST_BOXES


def _records(model: Any, filterset: FilterSet, name: str) -> tuple[list[Choice], bool]:
    rows = model.objects.filter(is_active=True).only("pk", "name")
    return _boxes(rows.order_by("position" if model is Stage else "name", "pk"), _chosen(filterset, name))


def _people(filterset: FilterSet, name: str, person: Person, values: list[str]) -> tuple[list[Choice], bool]:
    chosen = _chosen(filterset, name)
    others = Person.objects.visible_to(person).filter(is_active=True).exclude(pk=person.pk).order_by("name", "pk")
    boxes, has_more = _boxes(others, [one for one in chosen if one != person])
    return [Choice("me", _("Me"), "me" in values or person in chosen), *boxes], has_more


def _days(one: DaysFilter, values: list[str]) -> list[Choice]:
    offered = {str(days) for days in _DAYS} | {value for value in values if _is_read(one, value)}
    return [Choice(days, one.say(int(days)), days in values) for days in sorted(offered, key=int)]


def _is_read(one: Filter, value: str) -> bool:
    try:
        one.read(value)
    except ValidationError:
        return False
    return True
