"""Leads as an intake holds them in memory: those stored already that a batch speaks of, and those about to be made."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, Self

from django.db import connection

from leads.funnel.models import Stage
from leads.records.actions.intake_known import TO_MANY, fold
from leads.records.actions.seen import Changed
from leads.records.reasons import Why
from leads.records.telephones import telephone_key
from workspace.copying import as_array

TEXTS = (
    "external_id", "first_name", "last_name", "email", "phone", "job_title", "industry", "country", "city",
    "buying_role", "next_step", "crm_url",
)  # fmt: skip
# By field: the kind of record it refers to, and the column of its id.
REFERENCES = {
    "source": "source", "campaign": "campaign", "owner": "person", "marketer": "person", "persona": "persona",
    "offering": "offering",
}  # fmt: skip
REFERRING = REFERENCES | TO_MANY
PLAIN = (*TEXTS, "next_step_at", "asleep_until", "asleep_reason")
FETCHED = (
    *PLAIN, *(f"{key}_id" for key in REFERENCES), "company_id", "company_name", "value", "currency", "value_base",
    "consent", "consent_at", "custom", "stage_id", "furthest_stage_id", "stage_entered_at", "closed_at", "lost_reason_id",
    "created_at", "is_demo",
)  # fmt: skip


class Passage(NamedTuple):
    """A stay in a stage that is to be stored; the present one has no end."""

    stage_id: int
    entered_at: datetime
    left_at: datetime | None


@dataclass(frozen=True)
class Move:
    """A move that is to be told: from one stage to another, with the seconds spent."""

    line: int
    at: datetime
    came_from: Stage
    to: Stage
    seconds: int
    why: Why | None


@dataclass(slots=True)
class Entry:
    """One lead. `values` holds its columns as they will be stored; a reference to a record that is yet to be made is its name.

    `marks` are tags and interests to be added, `borne` those it has, in small letters.
    """

    pk: int
    values: dict[str, Any]
    line: int = 0
    deal_number: int = 1
    passages: list[Passage] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    marks: dict[str, list[str]] = field(default_factory=dict)
    borne: dict[str, set[str]] = field(default_factory=dict)
    edits: list[tuple[int, list[Changed]]] = field(default_factory=list)
    is_moved: bool = False
    reason_text: str = ""

    def set_why(self, why: Why | None) -> None:
        """Keep why the lead was lost or disqualified, or that it is not."""
        self.values["lost_reason_id"] = why.reason.pk if why else None
        self.reason_text = why.text if why else ""

    @property
    def is_new(self) -> bool:
        """Whether it is to be made: it has no id yet."""
        return not self.pk

    def title(self) -> str:
        name = f"{self.values.get('first_name', '')} {self.values.get('last_name', '')}".strip()
        return name or next(
            (v for k in ("email", "company_name", "external_id", "phone") if (v := self.values.get(k))), ""
        )


class Index:
    """The entries of a batch by what leads are recognised by; by telephone only where a row of the batch asks for it."""

    def __init__(self, *, by_phone: bool = True) -> None:
        self.by_phone = by_phone
        self._by: dict[str, dict[str, Entry]] = {"email": {}, "external_id": {}, "phone": {}, "name": {}}

    def find(self, key: str, value: str) -> Entry | None:
        return self._by[key].get(value)

    def add(self, entry: Entry, name: str = "") -> None:
        """Know `entry` by all it has; who came first keeps a telephone or a name."""
        values = entry.values
        for key in ("email", "external_id"):
            if value := values.get(key):
                self._by[key][value] = entry
        if self.by_phone and (phone := values.get("phone")):
            self._by["phone"].setdefault(telephone_key(phone), entry)
        if name:
            self._by["name"].setdefault(name, entry)

    @property
    def is_empty(self) -> bool:
        return not any(self._by.values())

    def forget(self, key: str, value: str) -> None:
        self._by[key].pop(value, None)

    def entries(self) -> list[Entry]:
        """Each entry once."""
        every = (entry for known in self._by.values() for entry in known.values())
        return list({id(entry): entry for entry in every}.values())


def name_key(values: dict[str, Any], company_name: str) -> str:
    """What `sort_name` of a lead with nothing but these is made of; empty where the name or the company is missing."""
    first, last = values.get("first_name", ""), values.get("last_name", "")
    return f"{first} {last} {company_name} ".strip(" ") if (first or last) and company_name else ""


@dataclass(frozen=True, slots=True)
class Keys:
    """By what rows may mean or collide with stored leads, and whether there are some that only have a name for it."""

    emails: list[str]
    external_ids: list[str]
    phones: list[str]
    are_some_names: bool

    @classmethod
    def of(cls, rows: Sequence[dict[str, Any]], match: str) -> Self:
        """The keys of the rows' values; telephones only of those that are recognised by them."""
        emails, external_ids = ([row[key] for row in rows if key in row] for key in ("email", "external_id"))
        phones = [
            telephone_key(row["phone"]) for row in rows if "phone" in row and (match == "phone" or match not in row)
        ]
        by_name = any(not ("external_id" in row or "email" in row or "phone" in row) for row in rows)
        return cls(emails, external_ids, phones, by_name)


def fetch(keys: Keys, names: Iterable[str]) -> tuple[Index, dict[str, str]]:
    """The living leads that have any of these, locked in order of id; and each of `names` with its folded form.

    Costs two queries, and one for the leads that there are.
    """
    folded = fold(names)
    sought = {
        "email = ANY(%s::text[]) AND email <> ''": keys.emails,
        "external_id = ANY(%s::text[]) AND external_id <> ''": keys.external_ids,
        "phone_key = ANY(%s::text[]) AND phone_key <> ''": keys.phones,
        "sort_name = ANY(%s::text[])": list(set(folded.values())),
    }
    given = {condition: as_array(values) for condition, values in sought.items() if values}
    living = " UNION ".join(
        f"SELECT id FROM leads_records_lead WHERE deleted_at IS NULL AND {condition}"  # noqa: S608 - ours
        for condition in given
    )
    ids: list[int] = []
    if given:
        with connection.cursor() as cursor:
            cursor.execute(living, list(given.values()))
            ids = sorted(pk for (pk,) in cursor.fetchall())
    index = Index(by_phone=bool(keys.phones))
    for entry, sort_name in _locked(ids):
        index.add(entry, sort_name)
    return index, folded


def _locked(ids: list[int]) -> list[tuple[Entry, str]]:
    if not ids:
        return []
    columns = ", ".join(f"lead.{column}" for column in FETCHED)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT lead.id, lead.sort_name, deal.number, {columns} FROM leads_records_lead lead "  # noqa: S608 - ours
            "JOIN leads_records_deal deal ON deal.lead_id = lead.id AND deal.is_current "
            "WHERE lead.id = ANY(%s) AND lead.deleted_at IS NULL ORDER BY lead.id FOR NO KEY UPDATE",
            [ids],
        )
        rows = cursor.fetchall()
    return [
        (Entry(pk, _loaded(dict(zip(FETCHED, values, strict=True))), deal_number=number), sort_name)
        for pk, sort_name, number, *values in rows
    ]


def _loaded(values: dict[str, Any]) -> dict[str, Any]:
    # Django leaves JSON of a bare cursor as text.
    return values | {key: json.loads(values[key]) for key in ("consent", "custom")}


def fetch_marks(entries: Iterable[Entry], key: str) -> None:
    """Learn the tags or interests that stored leads bear, in small letters. Costs one query."""
    stored = {entry.pk: entry for entry in entries if not entry.is_new}
    for entry in stored.values():
        entry.borne[key] = set()
    kind = TO_MANY[key]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT link.lead_id, lower(mark.name) FROM leads_records_lead_{key} link "  # noqa: S608 - ours
            f"JOIN leads_funnel_{kind} mark ON mark.id = link.{kind}_id WHERE link.lead_id = ANY(%s)",
            [list(stored)],
        )
        for pk, name in cursor.fetchall():
            stored[pk].borne[key].add(name)
