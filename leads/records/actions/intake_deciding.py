"""What a row does to the leads: which one it means, and what it makes, changes, leaves or why it is refused.

Rows are judged one after the other against the entries of their batch, so that a lead that stands twice in a file is made
by the first row and changed by the second. Nothing is written here.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.funnel.models import Stage
from leads.records.actions.intake_changing import Changer
from leads.records.actions.intake_entries import Entry, Index, Move, Passage, name_key
from leads.records.actions.intake_known import TO_MANY, Known
from leads.records.actions.intake_rows import Act, Incoming, Outcome, Refused, Terms
from leads.records.actions.intake_rules import AT_REST
from leads.records.actions.seen import Changed
from leads.records.fields import FIELDS
from leads.records.models.folding import lower
from leads.records.telephones import telephone_key

RECOGNISED_BY = ("email", "external_id", "phone")
UNIQUE = {
    "email": gettext_lazy("%s has this e-mail address already."),
    "external_id": gettext_lazy("%s has this external id already."),
}


class Decider(Changer):
    """Judges the rows of one batch against its entries."""

    def __init__(self, terms: Terms, known: Known, index: Index, folded: Mapping[str, str]) -> None:
        super().__init__(terms, known)
        self.index, self.folded = index, folded

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
        moved = [Changed("stage", str(FIELDS["stage"].label), str(move.came_from), str(move.to))] if move else []
        return Outcome(row.line, Act.UPDATED, entry, changes=[*told, *moved])
