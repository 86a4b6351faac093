"""What a row changes of a lead that is known: its values, what it refers to and bears, and its stage."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from leads.funnel.models import Stage
from leads.records import moving
from leads.records.actions.ending import when_it_ended
from leads.records.actions.intake_entries import PLAIN, REFERENCES, Entry, Move, Passage
from leads.records.actions.intake_known import TO_MANY
from leads.records.actions.intake_rows import Incoming, Refused
from leads.records.actions.intake_rules import AT_REST, SLEEP, Rules
from leads.records.actions.seen import Changed
from leads.records.fields import FIELDS
from leads.records.models import Lead
from leads.records.models.folding import lower


class Changer(Rules):
    """Finds what a row changes of an entry, and changes it."""

    def _plain(self, entry: Entry, given: Mapping[str, Any], changed: dict[str, Any]) -> list[Changed]:
        known = entry.values
        news = {key: given[key] for key in PLAIN if key in given and given[key] != known.get(key)}
        if not SLEEP.isdisjoint(news):
            whole = {key: news.get(key, known.get(key)) for key in SLEEP}
            self._demand_whole_sleep(whole)
            news |= {key: value for key, value in whole.items() if value != known.get(key)}
        changed.update(news)
        return [Changed(key, str(FIELDS[key].label), _said(known.get(key)), _said(news[key])) for key in news]

    def _referring(self, entry: Entry, given: Mapping[str, Any], changed: dict[str, Any]) -> list[Changed]:
        changes = []
        for column, value in self._references(given).items():
            old = entry.values.get(column)
            if value != old:
                key = column.removesuffix("_id")
                changed[column] = value
                names = self.known.names[REFERENCES[key]]
                said = names.name_of(old) if isinstance(old, int) else old
                people = (old, value) if REFERENCES[key] == "person" else None
                changes.append(Changed(key, str(FIELDS[key].label), said, given[key], people))
        company: dict[str, Any] = {}
        self._set_company(company, given)
        if company and company["company_id"] != entry.values.get("company_id"):
            changed.update(company)
            label, old_name = str(FIELDS["company"].label), entry.values.get("company_name") or None
            changes.append(Changed("company", label, old_name, company["company_name"]))
        return changes

    def _worth(self, entry: Entry, given: Mapping[str, Any], changed: dict[str, Any]) -> list[Changed]:
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
            Changed(key, str(FIELDS[key].label), _said(old[key]) or None, _said(new[key]))
            for key in ("value", "currency")
            if new[key] != old[key]
        ]

    def _mappings(self, entry: Entry, row: Incoming, changed: dict[str, Any]) -> list[Changed]:
        """Consent by way and custom fields by key: what the row says joins what is there."""
        changes = []
        old_consent = entry.values.get("consent", {})
        consent = {**old_consent, **row.values.get("consent", {})}
        if consent != old_consent:
            changed.update(consent=consent, consent_at=self.terms.at)
            changes.append(Changed("consent", str(FIELDS["consent"].label), old_consent, consent))
        old_custom = entry.values.get("custom", {})
        news = {key: value for key, value in row.custom.items() if old_custom.get(key) != value}
        if news:
            changed["custom"] = {**old_custom, **news}
            changes += [Changed(f"custom.{key}", key, old_custom.get(key), value) for key, value in news.items()]
        return changes

    def _marks(self, entry: Entry, given: Mapping[str, Any]) -> list[Changed]:
        """Tags and interests that the lead does not bear yet: a file adds to them, it takes none away."""
        added = []
        for key in TO_MANY.keys() & given.keys():
            borne = entry.borne.get(key, set())
            news = [name for name in given[key] if lower(name) not in borne]
            if news:
                added.append(Changed(key, str(FIELDS[key].label), sorted(borne), news))
        return added

    def _told(self, entry: Entry, mark: Changed) -> Changed:
        return Changed(mark.field, mark.label, mark.old, sorted({*mark.old, *mark.new}))

    def _move(self, entry: Entry, row: Incoming, to: Stage) -> Move:
        came_from = self.known.stages.by_id[entry.values["stage_id"]]
        closed_at = row.values.get("closed_at") if to.is_closed else None
        if closed_at is not None and closed_at > self.terms.at:
            raise Refused(closed_at=_("This day is still to come."))
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
