"""What a row does to the leads: which one it means, and what it makes, changes, leaves or why it is refused.

Rows are judged one after the other against the entries of their batch, so that a lead that stands twice in a file is made
by the first row and changed by the second. Nothing is written here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.funnel.models import Stage
from leads.records import moving
from leads.records.actions.ending import when_it_ended
from leads.records.actions.intake_entries import (
    PLAIN,
    REFERENCES,
    Change,
    Entry,
    Index,
    Move,
    Passage,
    name_key,
)
from leads.records.actions.intake_known import TO_MANY, Known
from leads.records.fields import FIELDS
from leads.records.models import Lead
from leads.records.models.folding import lower
from leads.records.reasons import Why
from leads.records.telephones import telephone_key
from workspace.people.models import Person

RECOGNISED_BY = ("email", "external_id", "phone")
SLEEP = frozenset({"asleep_until", "asleep_reason"})
# Whose deal is closed has nothing more to do.
AT_REST = {"next_step": "", "next_step_at": None}
UNIQUE = {
    "email": gettext_lazy("%s has this e-mail address already."),
    "external_id": gettext_lazy("%s has this external id already."),
}


class Act(StrEnum):
    """What became of a row."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(slots=True)
class Incoming:
    """One row: cleaned values by field (references by name, lists of names for tags and interests), and custom ones by key.

    What the row leaves empty is not there. `errors` are of fields that could not be cleaned: the row will be refused.
    """

    line: int
    values: dict[str, Any]
    custom: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Outcome:
    """What became of one row, with the lead's id once it is stored, and what would be or was changed."""

    line: int
    act: Act
    entry: Entry | None = None
    errors: dict[str, str] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)

    @property
    def lead_id(self) -> int | None:
        return self.entry.pk if self.entry and self.entry.pk else None


@dataclass(frozen=True)
class Terms:
    """On which terms rows come in.

    `match` is the field by which leads are recognised. `defaults` are cleaned values that new leads get where their row says
    nothing. `sort_by` and `sort_until` name who sorts the new open leads, and until when they may wait for it; or they sleep,
    `asleep_until` a day and for a reason.
    """

    match: Literal["email", "external_id", "phone"]
    mode: Literal["create", "update", "both"]
    file: str
    by: Person | None
    at: datetime
    import_id: int | None = None
    defaults: Mapping[str, Any] = field(default_factory=dict)
    sort_by_id: int | None = None
    sort_until: Any = None
    asleep_until: date | None = None
    asleep_reason: str = ""


class Refused(Exception):
    """The row cannot come in; `errors` are sentences by field."""

    def __init__(self, **errors: str) -> None:
        super().__init__(errors)
        self.errors = errors


class Decider:
    """Judges the rows of one batch against its entries."""

    def __init__(self, terms: Terms, known: Known, index: Index, folded: Mapping[str, str]) -> None:
        self.terms, self.known, self.index, self.folded = terms, known, index, folded

    def decide(self, row: Incoming) -> Outcome:
        """What the row does; the batch's entries are as it leaves them."""
        if row.errors:
            return Outcome(row.line, Act.REFUSED, errors=row.errors)
        try:
            entry = self._meant(row)
            if entry is None:
                return self._create(row)
            if self.terms.mode == "create":
                return Outcome(row.line, Act.UNCHANGED, entry)
            return self._update(entry, row)
        except Refused as refusal:
            return Outcome(row.line, Act.REFUSED, errors=refusal.errors)

    # Which lead is meant

    def _meant(self, row: Incoming) -> Entry | None:
        """The lead by the match key; where the row has none, by whatever else tells it apart."""
        values = row.values
        if value := values.get(self.terms.match):
            return self._by(self.terms.match, value)
        is_recognisable = False
        for key in RECOGNISED_BY:
            if value := values.get(key):
                is_recognisable = True
                if found := self._by(key, value):
                    return found
        name = "" if is_recognisable else self._name(row)
        return self.index.find("name", name) if name else None

    def _by(self, key: str, value: str) -> Entry | None:
        return self.index.find(key, telephone_key(value) if key == "phone" else value)

    def _name(self, row: Incoming) -> str:
        """The folded name with the company, which is known where a row of the batch has nothing else."""
        if not self.folded:
            return ""
        return self.folded.get(name_key(row.values, self.company_name(row.values)), "")

    def _index(self, entry: Entry, row: Incoming) -> None:
        self.index.add(entry, "" if entry.values.get("external_id") else self._name(row))

    def company_name(self, values: Mapping[str, Any]) -> str:
        """The name under which the row's company is known, or will be."""
        name, domain = values.get("company", ""), values.get("company_domain", "")
        found = self.known.companies.find(name, domain) if name or domain else None
        return found.name if found else name or domain

    # Making

    def _create(self, row: Incoming) -> Outcome:
        if self.terms.mode == "update":
            raise Refused(**{self.terms.match: _("No lead has this.")})
        self._demand_free(row.values, None)
        given = {**self.terms.defaults, **row.values} if self.terms.defaults else row.values
        # Texts and days are stored as they are given; the rest gets its columns below.
        values = {**given, **self._references(given)}
        self._set_company(values, given)
        self._demand_identity(values)
        entry = Entry(0, values, line=row.line)
        self._start(entry, given)
        self._set_worth(values, given, on=values["created_at"])
        if row.custom:
            values["custom"] = row.custom
        self._take_care(values)
        for key in TO_MANY:
            if key in given:
                entry.marks[key] = list(given[key])
                entry.borne[key] = {lower(name) for name in given[key]}
        self._index(entry, row)
        return Outcome(row.line, Act.CREATED, entry)

    def _take_care(self, values: dict[str, Any]) -> None:
        """An open lead that sleeps waits for nobody to sort it."""
        terms = self.terms
        if values["closed_at"] is None and terms.asleep_until is not None and "asleep_until" not in values:
            values["asleep_until"] = terms.asleep_until
            values.setdefault("asleep_reason", terms.asleep_reason)
        self._demand_whole_sleep(values)
        if terms.sort_by_id and values["closed_at"] is None and not values.get("asleep_until"):
            values["to_sort_by_id"], values["to_sort_until"] = terms.sort_by_id, terms.sort_until

    def _demand_whole_sleep(self, values: dict[str, Any]) -> None:
        """A lead sleeps until a day and for a reason; where a file says no reason, it is the file."""
        until, reason = values.get("asleep_until"), values.get("asleep_reason")
        if until and not reason:
            values["asleep_reason"] = (_("As %s says.") % self.terms.file)[:200]
        elif reason and not until:
            raise Refused(asleep_until=_("Say until when it sleeps."))

    def _demand_identity(self, values: Mapping[str, Any]) -> None:
        if values.get("email") or values.get("external_id") or values.get("phone"):
            return
        if values.get("company_name") and (values.get("first_name") or values.get("last_name")):
            return
        raise Refused(
            **{
                self.terms.match: _(
                    "A lead needs an e-mail address, a telephone number or an external id, or a name with a company."
                )
            }
        )

    def _demand_free(self, values: Mapping[str, Any], entry: Entry | None) -> None:
        """Nobody else has the row's e-mail address or external id."""
        errors = {}
        for key, words in UNIQUE.items():
            other = self.index.find(key, value) if (value := values.get(key)) else None
            if other is not None and other is not entry:
                where = _("%(lead)s of line %(line)d") if other.is_new else _("%(lead)s (lead %(pk)d)")
                errors[key] = str(words) % (where % {"lead": other.title(), "line": other.line, "pk": other.pk})
        if errors:
            raise Refused(**errors)

    def _references(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Ids by column; the name itself where the record is still to be made."""
        columns: dict[str, Any] = {}
        errors = {}
        for key, kind in REFERENCES.items():
            if key not in given:
                continue
            names = self.known.names[kind]
            pk = names.find(given[key])
            if pk is None and not names.makes:
                label = str(FIELDS[key].label).lower()
                errors[key] = _("No %(kind)s is called “%(given)s”.") % {"kind": label, "given": given[key][:80]}
            columns[f"{key}_id"] = pk or given[key]
        if errors:
            raise Refused(**errors)
        return columns

    def _set_company(self, values: dict[str, Any], given: Mapping[str, Any]) -> None:
        name, domain = given.get("company", ""), given.get("company_domain", "")
        if name or domain:
            found = self.known.companies.find(name, domain)
            values["company_id"] = found.pk if found else (name, domain)
            values["company_name"] = found.name if found else name or domain

    def _set_worth(self, values: dict[str, Any], given: Mapping[str, Any], *, on: datetime) -> None:
        amount = given.get("value")
        currency = given.get("currency") or (self.known.rates.base if amount is not None else "")
        values["currency"] = currency
        if amount is not None:
            values["value"] = amount
            values["value_base"] = self.known.rates.to_base(amount, currency, on.date())

    def _stage(self, given: Mapping[str, Any]) -> Stage | None:
        if "stage" not in given:
            return None
        stage = self.known.stages.find(given["stage"])
        if stage is None:
            raise Refused(stage=_("No stage is called “%s”.") % given["stage"][:80])
        return stage

    def _start(self, entry: Entry, given: Mapping[str, Any]) -> None:
        """Put a new lead into its stage, by the file's own dates; a closed one passes the first stage before."""
        first, stage = self.known.stages.first, self._stage(given) or self.known.stages.first
        if first is None or stage is None:
            raise Refused(stage=_("The funnel has no open stage."))
        created_at, closed_at = self._dates(given, stage)
        why = self._why(stage, given)
        if closed_at is None:
            entry.passages = [Passage(stage.id, created_at, None)]
            furthest = stage
        else:
            entry.passages = [Passage(first.id, created_at, closed_at), Passage(stage.id, closed_at, None)]
            seconds = int((closed_at - created_at).total_seconds())
            entry.moves = [Move(entry.line, closed_at, first, stage, seconds, why)]
            furthest = stage if stage.kind == Stage.Kind.WON else first
        entry.values.update(
            stage_id=stage.id,
            furthest_stage_id=furthest.id,
            created_at=created_at,
            stage_entered_at=closed_at or created_at,
            closed_at=closed_at,
        )
        if closed_at is not None:
            entry.values.update(AT_REST)
        entry.set_why(why)

    def _dates(self, given: Mapping[str, Any], stage: Stage) -> tuple[datetime, datetime | None]:
        """When the lead was made and closed. Of a closed one with only one date both are that; without any, it is now."""
        at = self.terms.at
        created_at, closed_at = given.get("created_at"), given.get("closed_at")
        if created_at is not None and created_at > at:
            raise Refused(created_at=_("This day is still to come."))
        if stage.is_open:
            if closed_at is not None:
                raise Refused(closed_at=_("The lead is closed, but its stage “%s” is an open one.") % stage)
            return created_at or at, None
        if closed_at is not None and closed_at > at:
            raise Refused(closed_at=_("This day is still to come."))
        if created_at is not None and closed_at is not None and closed_at < created_at:
            raise Refused(closed_at=_("It was closed before it was created."))
        return created_at or closed_at or at, closed_at or created_at or at

    def _why(self, stage: Stage, given: Mapping[str, Any]) -> Why | None:
        """Why the lead was lost or disqualified; those of a file may come without a reason."""
        try:
            return self.known.reasons.read(stage, given.get("lost_reason"), from_file=True)
        except ValidationError as error:
            raise Refused(lost_reason=" ".join(error.messages)) from error

    # Changing

    def _update(self, entry: Entry, row: Incoming) -> Outcome:
        self._demand_free(row.values, entry)
        changed: dict[str, Any] = {}
        changes = [
            *self._plain(entry, row.values, changed),
            *self._referring(entry, row.values, changed),
            *self._worth(entry, row.values, changed),
            *self._mappings(entry, row, changed),
        ]
        marks = self._marks(entry, row.values)
        to = self._stage(row.values)
        move = None if to is None or to.pk == entry.values["stage_id"] else self._move(entry, row, to)
        if not (changes or marks or move):
            return Outcome(row.line, Act.UNCHANGED, entry)
        for key in UNIQUE.keys() & changed.keys():
            self.index.forget(key, entry.values.get(key, ""))
        entry.values.update(changed)
        for mark in marks:
            entry.marks.setdefault(mark.field, []).extend(mark.new)
            entry.borne.setdefault(mark.field, set()).update(lower(name) for name in mark.new)
        told = [*changes, *(self._told(entry, mark) for mark in marks)]
        if told:
            entry.edits.append((row.line, told))
        if move is not None:
            self._apply(entry, move)
        self._index(entry, row)
        moved = [Change("stage", str(FIELDS["stage"].label), str(move.came_from), str(move.to))] if move else []
        return Outcome(row.line, Act.UPDATED, entry, changes=[*told, *moved])

    def _plain(self, entry: Entry, given: Mapping[str, Any], changed: dict[str, Any]) -> list[Change]:
        known = entry.values
        news = {key: given[key] for key in PLAIN if key in given and given[key] != known.get(key)}
        if not SLEEP.isdisjoint(news):
            whole = {key: news.get(key, known.get(key)) for key in SLEEP}
            self._demand_whole_sleep(whole)
            news |= {key: value for key, value in whole.items() if value != known.get(key)}
        changed.update(news)
        return [Change(key, str(FIELDS[key].label), _said(known.get(key)), _said(news[key])) for key in news]

    def _referring(self, entry: Entry, given: Mapping[str, Any], changed: dict[str, Any]) -> list[Change]:
        changes = []
        for column, value in self._references(given).items():
            old = entry.values.get(column)
            if value != old:
                key = column.removesuffix("_id")
                changed[column] = value
                names = self.known.names[REFERENCES[key]]
                said = names.name_of(old) if isinstance(old, int) else old
                changes.append(Change(key, str(FIELDS[key].label), said, given[key]))
        company: dict[str, Any] = {}
        self._set_company(company, given)
        if company and company["company_id"] != entry.values.get("company_id"):
            changed.update(company)
            label, old_name = str(FIELDS["company"].label), entry.values.get("company_name") or None
            changes.append(Change("company", label, old_name, company["company_name"]))
        return changes

    def _worth(self, entry: Entry, given: Mapping[str, Any], changed: dict[str, Any]) -> list[Change]:
        if "value" not in given and "currency" not in given:
            return []
        old = {key: entry.values.get(key) for key in ("value", "currency")}
        new = {
            "value": given.get("value", old["value"]),
            "currency": given.get("currency") or old["currency"] or self.known.rates.base,
        }
        if new == old or new["value"] is None:
            return []
        self._set_worth(changed, new, on=self.terms.at)
        return [
            Change(key, str(FIELDS[key].label), _said(old[key]) or None, _said(new[key]))
            for key in ("value", "currency")
            if new[key] != old[key]
        ]

    def _mappings(self, entry: Entry, row: Incoming, changed: dict[str, Any]) -> list[Change]:
        """Consent by way and custom fields by key: what the row says joins what is there."""
        changes = []
        old_consent = entry.values.get("consent", {})
        consent = {**old_consent, **row.values.get("consent", {})}
        if consent != old_consent:
            changed.update(consent=consent, consent_at=self.terms.at)
            changes.append(Change("consent", str(FIELDS["consent"].label), old_consent, consent))
        old_custom = entry.values.get("custom", {})
        news = {key: value for key, value in row.custom.items() if old_custom.get(key) != value}
        if news:
            changed["custom"] = {**old_custom, **news}
            changes += [Change(f"custom.{key}", key, old_custom.get(key), value) for key, value in news.items()]
        return changes

    def _marks(self, entry: Entry, given: Mapping[str, Any]) -> list[Change]:
        """Tags and interests that the lead does not bear yet: a file adds to them, it takes none away."""
        added = []
        for key in TO_MANY.keys() & given.keys():
            borne = entry.borne.get(key, set())
            news = [name for name in given[key] if lower(name) not in borne]
            if news:
                added.append(Change(key, str(FIELDS[key].label), sorted(borne), news))
        return added

    def _told(self, entry: Entry, mark: Change) -> Change:
        return Change(mark.field, mark.label, mark.old, sorted({*mark.old, *mark.new}))

    # Moving

    def _move(self, entry: Entry, row: Incoming, to: Stage) -> Move:
        came_from = self.known.stages.by_id[entry.values["stage_id"]]
        closed_at = row.values.get("closed_at") if to.is_closed else None
        if closed_at is not None and closed_at > self.terms.at:
            raise Refused(closed_at=_("This day is still to come."))
        if closed_at is not None and closed_at < entry.values["created_at"]:
            raise Refused(closed_at=_("It was closed before it was created."))
        self._ask_gates(entry, to)
        entered_at = entry.values["stage_entered_at"]
        try:
            at = when_it_ended(closed_at or max(self.terms.at, entered_at), came_from, entered_at)
        except ValidationError as error:
            raise Refused(closed_at=" ".join(error.messages)) from error
        seconds = int((at - entered_at).total_seconds())
        return Move(row.line, at, came_from, to, seconds, self._why(to, row.values))

    def _ask_gates(self, entry: Entry, to: Stage) -> None:
        """Rooms above may refuse a move. Costs one query a moved lead where a room does."""
        if entry.is_new or not moving.gates():
            return
        verdict = moving.judge(Lead.objects.for_page().get(pk=entry.pk), to, self.terms.by)
        if verdict.kind != "allow":
            instead = _("Before this move something else has to be done.")
            raise Refused(stage=verdict.text if verdict.kind == "refuse" else instead)

    def _apply(self, entry: Entry, move: Move) -> None:
        values, to = entry.values, move.to
        furthest = self.known.stages.by_id[values["furthest_stage_id"]]
        if to.kind in (Stage.Kind.OPEN, Stage.Kind.WON) and to.position > furthest.position:
            values["furthest_stage_id"] = to.pk
        entry.is_moved = True
        entry.moves.append(move)
        if entry.passages:
            last = entry.passages.pop()
            entry.passages.append(Passage(last.stage_id, last.entered_at, move.at))
        entry.passages.append(Passage(to.pk, move.at, None))
        values.update(
            stage_id=to.pk,
            stage_entered_at=move.at,
            closed_at=move.at if to.is_closed else None,
        )
        entry.set_why(move.why)
        if to.is_closed:
            values.update(AT_REST)


def _said(value: Any) -> Any:
    """`value` as the journal keeps it."""
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value if value is None or isinstance(value, str | int | bool) else str(value)
