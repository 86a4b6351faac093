"""What earlier values of leads mean by now: who and what their names speak of, whose their addresses are, what they bear."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection

from leads.records.actions import rules
from leads.records.actions.intake_entries import REFERENCES
from leads.records.actions.intake_known import TO_MANY, Companies, Names
from leads.records.actions.seen import Changed
from leads.records.fields import FIELDS
from leads.records.models import Lead
from leads.records.models.folding import lower
from workspace.people.models import Person

Values = Mapping[str, Any]


class Meanings:
    """What names mean by now, and how the records that leads refer to are called. Costs a query a kind of record, or two."""

    def __init__(self, values: Sequence[Values]) -> None:
        self._names = {kind: Names(kind) for kind in set(REFERENCES.values())}
        told: dict[str, set[Any]] = {kind: set() for kind in self._names}
        for key, kind in REFERENCES.items():
            told[kind].update(of[key] for of in values if of.get(key))
        people = {pk for pk, _name in told.pop("person")}
        self._people = (
            set(Person.objects.active().filter(pk__in=people).values_list("pk", flat=True)) if people else set()
        )
        for kind, names in told.items():
            self._names[kind].look_up(names)
        self._companies = Companies()
        self._companies.look_up({(str(of["company"]), "") for of in values if of.get("company")})

    def learn_names(self, leads: Iterable[Lead]) -> None:
        """Learn how the records are called to which `leads` refer."""
        ids: dict[str, set[int]] = {kind: set() for kind in self._names}
        for lead in leads:
            for key, kind in REFERENCES.items():
                ids[kind].add(getattr(lead, f"{key}_id"))
        for kind, known in ids.items():
            self._names[kind].name_all(known - {None})

    def missing(self, key: str, value: Any) -> str:
        """Who or what is not here any more, by name; nothing where `value` means somebody or something."""
        if not value or (key != "company" and key not in REFERENCES):
            return ""
        if (self.company(value)[0] if key == "company" else self.id_of(key, value)) is not None:
            return ""
        return str(value[1] if isinstance(value, tuple) else value)

    def id_of(self, key: str, value: Any) -> int | None:
        """The record that `value` means: the name of one, or the id and name of a person."""
        if not value:
            return None
        if isinstance(value, tuple):
            return value[0] if value[0] in self._people else None
        return self._names[REFERENCES[key]].find(value)

    def company(self, name: Any) -> tuple[int | None, str]:
        found = self._companies.find(str(name), "") if name else None
        return (found.pk, found.name) if found else (None, "")

    def changed(self, key: str, old: Lead, new: Lead) -> Changed:
        """The change of a field, as the journal keeps it."""
        label = str(FIELDS[key].label)
        if key == "company":
            return Changed(key, label, old.company_name or None, new.company_name or None)
        if key not in REFERENCES:
            return Changed.between(key, label, getattr(old, key), getattr(new, key))
        names = self._names[REFERENCES[key]]
        ids = (getattr(old, f"{key}_id"), getattr(new, f"{key}_id"))
        people = ids if REFERENCES[key] == "person" else None
        return Changed(key, label, names.name_of(ids[0]), names.name_of(ids[1]), people)


def holders(values: Iterable[Values]) -> dict[str, dict[str, Lead]]:
    """The living leads that have an address of `values` by now, by kind of address. Costs a query for each kind."""
    found: dict[str, dict[str, Lead]] = {}
    for key in rules.UNIQUE:
        wanted = {of[key] for of in values if of.get(key)}
        living = Lead.objects.living().filter(**{f"{key}__in": wanted}) if wanted else []
        found[key] = {getattr(lead, key): lead for lead in living}
    return found


class Marks:
    """The tags and interests of leads, and those that are to be taken off. Costs a query a kind, two where some are."""

    def __init__(self, leads: Sequence[Lead], values: Sequence[Values]) -> None:
        self._borne: dict[tuple[int, str], dict[int, str]] = {}
        self._off: dict[tuple[int, str], set[int]] = {}
        for key, kind in TO_MANY.items():
            unwanted = {lead.pk: of[key] for lead, of in zip(leads, values, strict=True) if of.get(key)}
            if not unwanted:
                continue
            through = Lead._meta.get_field(key).remote_field.through  # type: ignore[union-attr]  # a many-to-many field
            rows = through._default_manager.filter(lead__in=unwanted).order_by(f"{kind}__name")
            for pk, mark, name in rows.values_list("lead", kind, f"{kind}__name"):
                self._borne.setdefault((pk, key), {})[mark] = name
                if lower(name) in unwanted[pk]:
                    self._off.setdefault((pk, key), set()).add(mark)

    def changes(self, pk: int) -> list[Changed]:
        return [
            Changed(
                key,
                str(FIELDS[key].label),
                sorted(self._borne[pk, key].values()),
                sorted(name for mark, name in self._borne[pk, key].items() if mark not in self._off[pk, key]),
            )
            for key in TO_MANY
            if (pk, key) in self._off
        ]

    def take_off(self) -> None:
        for key, kind in TO_MANY.items():
            pairs = [(pk, mark) for (pk, of), marks in self._off.items() if of == key for mark in marks]
            if pairs:
                with connection.cursor() as cursor:
                    cursor.execute(
                        f"DELETE FROM leads_records_lead_{key} borne "  # noqa: S608 - our own names
                        "USING unnest(%s::bigint[], %s::bigint[]) AS off (lead, mark) "
                        f"WHERE borne.lead_id = off.lead AND borne.{kind}_id = off.mark",
                        [list(column) for column in zip(*pairs, strict=True)],
                    )
