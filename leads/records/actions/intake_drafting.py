"""Drafting the leads that an intake makes, without the database: what is to be written of them, as COPY takes it."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from leads.funnel.models import Reason, Stage
from leads.records.actions.changing import HANDS
from leads.records.actions.intake_entries import PLAIN, REFERENCES, TEXTS, Entry
from leads.records.actions.intake_known import NAMED, TO_MANY
from leads.records.actions.intake_rows import Terms
from leads.records.models import Company
from leads.records.telephones import telephone_key
from workspace.copying import Column, Lines, as_array, as_lines
from workspace.people.models import Person
from workspace.turns import Turns

# The columns that are written of a lead, new or changed. Some hold names until what they refer to is made or found.
REFERRING_COLUMNS = (*(f"{key}_id" for key in REFERENCES), "company_id", "company_name")
FINAL = (
    *PLAIN, "value", "currency", "value_base", "stage_id", "furthest_stage_id", "stage_entered_at", "closed_at",
    "lost_reason_id", "consent_at", "phone_key", "consent", "custom",
)  # fmt: skip
WRITTEN = (*FINAL, *REFERRING_COLUMNS)
# What stands where a lead has nothing; elsewhere it is NULL.
EMPTY = dict.fromkeys((*TEXTS, "company_name", "phone_key", "asleep_reason"), "") | {"consent": "{}", "custom": "{}"}
JSON = {"consent", "custom"}
_json = json.JSONEncoder().encode
ONLY_NEW = ("created_at", "to_sort_by_id", "to_sort_until")
REFERRED = {f"{key}_id": NAMED[kind][0] for key, kind in REFERENCES.items()} | {
    "stage_id": Stage, "furthest_stage_id": Stage, "lost_reason_id": Reason, "company_id": Company, "to_sort_by_id": Person,
}  # fmt: skip
# Columns of references whose records are made where they do not exist, with the kind of record.
MADE = {f"{key}_id": kind for key, kind in REFERENCES.items() if NAMED[kind][2]}
_HANDS = tuple(f"{key}_id" for key in HANDS)
# A company of which only the name and the domain are known yet stands as these two.
LATE = frozenset({str, tuple})


@dataclass(frozen=True, slots=True)
class Drafted:
    """Leads that are to be made, as they will be written.

    `lines` hold the columns that are known. Those that come `late` wait for records that are still to be made, whose names
    stand where ids will; `named` are all such names by kind, tags and interests among them. `referred` are the ids of which
    the lines speak, `hands` those of owners and marketers, `rows` the numbers of the file's lines as an array, and `special`
    the leads of which there is more to write or to tell than that they came in.
    """

    new: Sequence[Entry]
    lines: Lines
    late: Mapping[str, list[Any]]
    named: Mapping[str, list[str]]
    referred: Mapping[type[Model], set[int]]
    hands: set[int]
    rows: str
    special: Sequence[Entry]


def draft(new: Sequence[Entry], terms: Terms, turns: Turns) -> Drafted:
    """Draft leads that are to be made; in a thread beside the one that stores, it works in `turns` with that one."""
    for entry in new:
        if entry.values.get("consent"):
            entry.values["consent_at"] = terms.at
    columns = columns_of(new, turns.paced((*WRITTEN, *ONLY_NEW), every=1))
    late = {
        key: values for key in (*MADE, "company_id") if isinstance(values := columns[key], list) and _is_late(values)
    }
    if "company_id" in late:
        names = columns["company_name"]
        late["company_name"] = names if isinstance(names, list) else [names] * len(new)
    # Coming in is a lead's first activity: else new leads would stand last where lists are sorted by it.
    columns["last_activity_at"] = columns["created_at"]
    columns["created_by_id"] = terms.by.pk if terms.by else None
    known = {key: values for key, values in columns.items() if key not in late}
    special = [entry for entry in new if _is_special(entry)]
    return Drafted(
        new=new,
        lines=as_lines(turns.paced(known.items(), every=1), len(new)),
        late=late,
        named=named({key: values for key, values in late.items() if key in MADE}, special),
        referred=_referred_with_stays(known, special, terms),
        hands=_hands_in(columns),
        rows=as_array(entry.line for entry in new),
        special=special,
    )


def columns_of(entries: Sequence[Entry], wanted: Iterable[str]) -> dict[str, Column]:
    """The `wanted` columns of leads: a list, or what stands there for all of them."""
    values = [entry.values for entry in entries]
    present = set().union(*values)
    columns: dict[str, Column] = {}
    for column in wanted:
        empty = EMPTY.get(column)
        if column == "phone_key" and "phone" in present:
            columns[column] = [telephone_key(phone) if (phone := of.get("phone")) else "" for of in values]
        elif column not in present:
            columns[column] = empty
        elif column in JSON:
            columns[column] = [_json(given) if (given := of.get(column)) else "{}" for of in values]
        else:
            columns[column] = [of.get(column, empty) for of in values]
    return columns


def named(columns: Mapping[str, Sequence[Any]], entries: Iterable[Entry]) -> dict[str, list[str]]:
    """By kind, the names that stand in `columns` instead of ids, and those of the entries' tags and interests, in order."""
    found: dict[str, dict[str, None]] = {}
    for column, values in columns.items():
        found.setdefault(MADE[column], {}).update((value, None) for value in values if type(value) is str)
    for entry in entries:
        for key, names in entry.marks.items():
            found.setdefault(TO_MANY[key], {}).update(dict.fromkeys(names))
    return {kind: list(names) for kind, names in found.items()}


def referred(columns: Mapping[str, Column]) -> dict[type[Model], set[int]]:
    """The ids of all records to which `columns` refer, by model."""
    found: dict[type[Model], set[int]] = {model: set() for model in REFERRED.values()}
    for column in columns.keys() & REFERRED.keys():
        values = columns[column]
        found[REFERRED[column]].update(set(values if isinstance(values, list) else [values]) - {None})
    return found


def hands_of(entries: Sequence[Entry]) -> set[int]:
    """The ids of the leads' owners and marketers."""
    return _hands_in(columns_of(entries, _HANDS))


def _hands_in(columns: Mapping[str, Column]) -> set[int]:
    hands = [values for key in _HANDS if isinstance(values := columns[key], list)]
    return set().union(*hands) - {None}


def _referred_with_stays(
    columns: Mapping[str, Column], special: Sequence[Entry], terms: Terms
) -> dict[type[Model], set[int]]:
    """Of the stages, those that special leads passed before their present one as well."""
    found = referred(columns)
    found[Stage].update(passage.stage_id for entry in special for passage in entry.passages)
    found[Person].update({terms.by.pk} if terms.by else ())
    return found


def _is_late(values: list[Any]) -> bool:
    return not LATE.isdisjoint(map(type, values))


def _is_special(new: Entry) -> bool:
    return bool(new.moves or new.edits or new.marks or len(new.passages) > 1 or new.values.get("next_step_at"))
