"""Giving fields of many leads their earlier values, each lead its own, as the journal kept them: by sets, whatever the fields.

What the journal calls by name is looked up, and never made: what is not here any more is told to whoever asked.
"""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from leads.records import custom, fields
from leads.records.actions import rules, steps
from leads.records.actions.changing import DEAL_COLUMNS, HANDS
from leads.records.actions.intake_entries import REFERENCES, TEXTS
from leads.records.actions.intake_known import TO_MANY, Rates
from leads.records.actions.restoring_known import Marks, Meanings, Values, holders
from leads.records.actions.seen import Changed
from leads.records.actions.writing import copy_to_deals, free_keys, write
from leads.records.fields import FIELDS
from leads.records.models import Lead
from leads.records.telephones import telephone_key
from leads.records.values import merged_consent
from workspace.copying import Column
from workspace.journal import actions as journal
from workspace.people.models import Person

IDENTIFYING = (*rules.RECOGNISED_BY, "first_name", "last_name", "company")
COLUMNS = (
    *TEXTS, "phone_key", "next_step_at", "asleep_until", "asleep_reason", *(f"{key}_id" for key in REFERENCES), "company_id",
    "company_name", "value", "currency", "value_base", "consent", "consent_at", "custom",
)  # fmt: skip
# Somebody may take an address while a set is judged; it is then judged anew.
MOST_TRIES = 3


@dataclass
class Restored:
    """The leads of which something was set back, and what could not be: the lead, the field's label, and why."""

    changed: set[int] = field(default_factory=set)
    refused: list[tuple[int, str, str]] = field(default_factory=list)


def restore_many(
    leads: Sequence[Lead], values: Mapping[int, Values], *, by: Person | None, at: datetime, import_id: int
) -> Restored:
    """Set `values` by lead id on `leads`, which are locked and living. Costs the same queries for any number of them.

    Values are those of the journal: references by name, people as id and name, moments as texts; of `consent` and `custom` what
    stood under each key, None for nothing; of tags and interests the names, in small letters, that are to be taken off. What is
    so already is neither written nor journalled. The journal names the import (`import_id`) that is taken back by it, and a lead
    that waits to be sorted goes on waiting: nobody worked on it.

    Raises:
        PermissionDenied: `by` may not change leads.
    """
    rules.demand_change(by)
    concerned = [lead for lead in leads if values.get(lead.pk)]
    if not concerned:
        return Restored()
    for _attempt in range(MOST_TRIES - 1):
        with suppress(IntegrityError):
            return _Restoring(concerned, values, at).store(by=by, import_id=import_id)
    return _Restoring(concerned, values, at).store(by=by, import_id=import_id)


class _Restoring:
    """One set on its way: what its values mean by now, the leads as they will be, and what is refused."""

    def __init__(self, leads: Sequence[Lead], values: Mapping[int, Values], at: datetime) -> None:
        self.at = at
        self.result = Restored()
        self._definitions = custom.definitions("lead") if any("custom" in of for of in values.values()) else {}
        self._rates = Rates() if any({"value", "currency"} & of.keys() for of in values.values()) else None
        cleaned = {lead.pk: self._cleaned(lead.pk, values[lead.pk]) for lead in leads}
        self._meanings = Meanings(list(cleaned.values()))
        self._holders = holders(cleaned.values())
        self._marks = Marks(leads, list(cleaned.values()))
        # Each lead beside what it becomes.
        self._pairs = self._fitted(leads, cleaned)
        self._meanings.learn_names(lead for pair in self._pairs for lead in pair)

    def _refuse(self, pk: int, key: str, words: str) -> None:
        label = str(FIELDS[key].label) if key in FIELDS else _("Own fields")
        self.result.refused.append((pk, label, words))

    def _cleaned(self, pk: int, given: Values) -> dict[str, Any]:
        """`given` as it is stored, but for names; what does not fit any more is refused."""
        cleaned: dict[str, Any] = {}
        for key, value in given.items():
            if key in TO_MANY or isinstance(value, tuple):
                cleaned[key] = value
            elif key == "custom":
                cleaned[key] = {one: old for one, old in value.items() if one in self._definitions}
                if unknown := sorted(value.keys() - self._definitions.keys()):
                    self._refuse(pk, key, _("%s is not here any more.") % ", ".join(unknown))
            else:
                try:
                    cleaned[key] = fields.clean_value(FIELDS[key], value)
                except ValidationError as error:
                    self._refuse(pk, key, " ".join(error.messages))
        return cleaned

    def _fitted(self, leads: Sequence[Lead], cleaned: Mapping[int, dict[str, Any]]) -> list[tuple[Lead, Lead]]:
        """What the leads become; who would take an address that another lead keeps goes without it."""
        becoming = {lead.pk: self._fit(lead, cleaned[lead.pk]) for lead in leads}
        words = {
            "email": _("%s has this e-mail address already."),
            "external_id": _("%s has this external id already."),
        }
        while taken := [one for key in rules.UNIQUE for one in self._taken(key, leads, becoming)]:
            for lead, key, holder in taken:
                self._refuse(lead.pk, key, words[key] % holder)
                del cleaned[lead.pk][key]
                becoming[lead.pk] = self._fit(lead, cleaned[lead.pk])
        return [(lead, becoming[lead.pk]) for lead in leads]

    def _taken(self, key: str, leads: Sequence[Lead], becoming: Mapping[int, Lead]) -> list[tuple[Lead, str, Lead]]:
        """The leads that would take an address which another one has then, and that one."""
        taken = []
        having = {address: holder for address, holder in self._holders[key].items() if holder.pk not in becoming}
        news = {lead.pk: getattr(becoming[lead.pk], key) for lead in leads}
        having |= {news[lead.pk]: lead for lead in leads if news[lead.pk] == getattr(lead, key)}
        for lead in leads:
            address = news[lead.pk]
            if address and address != getattr(lead, key) and having.setdefault(address, lead) is not lead:
                taken.append((lead, key, having[address]))
        return taken

    def _fit(self, lead: Lead, values: dict[str, Any]) -> Lead:
        """The lead with the values that the rules let it have; the others are refused."""
        while True:
            becoming = copy(lead)
            for key, value in values.items():
                self._set(becoming, key, value)
            try:
                self._judge(becoming, values)
            except ValidationError as error:
                told = error.message_dict
            else:
                break
            blamed = told.keys() & values.keys() or values.keys() & set(IDENTIFYING) or values.keys()
            for key in sorted(blamed):
                self._refuse(lead.pk, key, " ".join(told.get(key) or next(iter(told.values()))))
                del values[key]
        return becoming

    def _judge(self, lead: Lead, values: Values) -> None:
        missing = {key: self._meanings.missing(key, value) for key, value in values.items()}
        if gone := {key: _("%s is not here any more.") % name for key, name in missing.items() if name}:
            raise ValidationError(gone)
        rules.demand_identity(lead)
        if {"next_step", "next_step_at"} & values.keys():
            rules.demand_whole_step(lead)
        if {"asleep_until", "asleep_reason"} & values.keys():
            rules.demand_whole_sleep(lead)

    def _set(self, lead: Lead, key: str, value: Any) -> None:
        if key == "company":
            lead.company_id, lead.company_name = self._meanings.company(value)
        elif key in REFERENCES:
            setattr(lead, f"{key}_id", self._meanings.id_of(key, value))
        elif key == "consent":
            lead.consent = merged_consent(lead.consent, value)
            lead.consent_at = self.at if lead.consent else None
        elif key == "custom":
            lead.custom = {one: told for one, told in {**lead.custom, **value}.items() if told is not None}
        elif key not in TO_MANY:
            setattr(lead, key, value)
        if key == "phone":
            lead.phone_key = telephone_key(lead.phone)
        elif key in ("value", "currency") and self._rates is not None:
            lead.currency = lead.currency or (self._rates.base if lead.value is not None else "")
            lead.value_base = self._rates.to_base(lead.value, lead.currency, self.at.date())

    @transaction.atomic
    def store(self, *, by: Person | None, import_id: int) -> Restored:
        """Write what the leads become, and what goes with it: their deals, tags, next steps, and the journal."""
        told = [(old, new, [*self._changes(old, new), *self._marks.changes(old.pk)]) for old, new in self._pairs]
        changed = [(old, new, changes) for old, new, changes in told if changes]
        touched = {new.pk: {one.field for one in changes} for _old, new, changes in changed}
        _write([(old, new) for old, new, _changes in changed if touched[new.pk] - TO_MANY.keys()])
        copy_to_deals([pk for pk, keys in touched.items() if keys & set(DEAL_COLUMNS)])
        self._marks.take_off()
        # The trigger that counts versions does not see tags and interests.
        if only_marks := [pk for pk, keys in touched.items() if keys <= TO_MANY.keys()]:
            Lead.objects.filter(pk__in=only_marks).update(version=F("version") + 1)
        steps.follow((pk for pk, keys in touched.items() if keys & steps.FOLLOWED), by=by, at=self.at)
        journal.record_many(
            [
                journal.Happening(
                    verb,
                    new,
                    self.at,
                    facts={"changes": [one.as_fact() for one in spoken], "import": import_id},
                    is_demo=new.is_demo,
                )
                for _old, new, changes in changed
                for verb, of_hands in (("lead.assigned", True), ("lead.edited", False))
                if (spoken := [one for one in changes if (one.field in HANDS) is of_hands])
            ],
            by=by,
        )
        self.result.changed = set(touched)
        return self.result

    def _changes(self, old: Lead, new: Lead) -> list[Changed]:
        """What differs, as the journal keeps it."""
        changes = []
        for key in fields.EDITABLE:
            column = f"{key}_id" if key in REFERENCES or key == "company" else key
            if key not in TO_MANY and getattr(old, column) != getattr(new, column):
                changes.append(self._meanings.changed(key, old, new))
        keys = [key for key in {**old.custom, **new.custom} if old.custom.get(key) != new.custom.get(key)]
        return changes + [
            Changed(f"custom.{key}", self._definitions[key].label, old.custom.get(key), new.custom.get(key))
            for key in keys
        ]


def _write(pairs: Sequence[tuple[Lead, Lead]]) -> None:
    """Store what leads become, by one statement; before it they let go of addresses that others of them take."""
    if not pairs:
        return
    leads = [new for _old, new in pairs]
    taken = {key: {getattr(new, key) for new in leads} - {""} for key in rules.UNIQUE}
    passing = [
        old.pk
        for old, new in pairs
        if any(getattr(old, key) != getattr(new, key) and getattr(old, key) in taken[key] for key in rules.UNIQUE)
    ]
    free_keys(passing)
    columns: dict[str, Column] = {column: [getattr(lead, column) for lead in leads] for column in COLUMNS}
    for column in ("consent", "custom"):
        columns[column] = [json.dumps(getattr(lead, column)) for lead in leads]
    write([lead.pk for lead in leads], columns)
