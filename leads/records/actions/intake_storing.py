"""Writing what an intake decided: set by set, by COPY and statements over arrays of ids, with the journal."""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection

from leads.records.actions import rules, steps
from leads.records.actions.changing import HANDS
from leads.records.actions.intake_drafting import MADE, WRITTEN, Drafted, columns_of, hands_of, named, referred
from leads.records.actions.intake_entries import Entry, Move
from leads.records.actions.intake_known import TO_MANY, Known
from leads.records.actions.intake_rows import Terms
from leads.records.actions.writing import copy_to_deals, free_keys, write
from workspace.copying import as_array, checked_as_sets, copy_columns
from workspace.journal import actions as journal
from workspace.people.actions import demand_active

NEW_TABLES = ("leads_records_lead", "leads_records_deal", "leads_records_stagepassage")


def store(
    drafted: Drafted, touched: Sequence[Entry], companies: Sequence[tuple[str, str]], *, terms: Terms, known: Known
) -> None:
    """Write new leads and what changed of `touched` ones; new ones get their ids. Runs inside the caller's transaction.

    `companies` are the names and domains of which rows spoke that came in: unknown ones are made, domains completed.
    """
    changed = [entry for entry in touched if entry.edits or entry.moves]
    _demand_active(drafted.hands | hands_of([entry for entry in changed if _has_changed(entry, HANDS)]))
    known.companies.make(companies, at=terms.at, file=terms.file, by=terms.by)
    _make_named(drafted.named, terms=terms, known=known)
    _refer(changed, terms=terms, known=known)
    # Rows may hand keys round, and are not written in their order.
    free_keys([entry.pk for entry in changed if _has_changed(entry, rules.UNIQUE)])
    if drafted.new:
        _insert(drafted, terms, known)
    if changed:
        ids = [entry.pk for entry in changed]
        write(ids, columns_of(changed, WRITTEN))
        copy_to_deals(ids)
    _mark([*drafted.special, *changed], known)
    stepping = [entry for entry in drafted.special if entry.values.get("next_step_at")]
    stepping += [entry for entry in changed if _may_step_otherwise(entry)]
    steps.follow([entry.pk for entry in stepping], by=terms.by, at=terms.at)
    _tell(drafted, changed, terms)


def _may_step_otherwise(changed: Entry) -> bool:
    return changed.is_moved or _has_changed(changed, steps.FOLLOWED)


def _has_changed(entry: Entry, keys: Collection[str]) -> bool:
    return any(one.field in keys for _line, told in entry.edits for one in told)


def _demand_active(hands: set[int]) -> None:
    """Let nobody go to whom leads are given here; who went since the names were looked up is looked up once more."""
    if hands:
        try:
            demand_active(hands, "owner")
        except ValidationError as error:
            raise IntegrityError(" ".join(error.messages)) from error


def _make_named(named: Mapping[str, Sequence[str]], *, terms: Terms, known: Known) -> None:
    for kind, names in named.items():
        known.names[kind].make(names, by=terms.by, at=terms.at)


def _refer(changed: Sequence[Entry], *, terms: Terms, known: Known) -> None:
    """Make what changed leads name and what does not exist yet, and put ids where names stood."""
    waiting = {key: [entry.values.get(key) for entry in changed] for key in MADE}
    _make_named(named(waiting, changed), terms=terms, known=known)
    for values in (entry.values for entry in changed):
        for key in MADE.keys() & values.keys():
            if type(values[key]) is str:
                values[key] = known.names[MADE[key]].find(values[key])
        if type(values.get("company_id")) is tuple:
            values["company_id"], values["company_name"] = known.companies.must_find(*values["company_id"])


def _number(new: Sequence[Entry]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(sequence) FROM (SELECT pg_get_serial_sequence('leads_records_lead', 'id')::regclass "
            "AS sequence OFFSET 0) AS of_leads, generate_series(1, %s)",
            [len(new)],
        )
        ids = [pk for (pk,) in cursor.fetchall()]
    for entry, pk in zip(new, ids, strict=True):
        entry.pk = pk
    return ids


def _insert(drafted: Drafted, terms: Terms, known: Known) -> None:
    """Store new leads with their first deals and the stages that these passed."""
    ids = _number(drafted.new)
    late = _come(drafted.late, known)
    spoken = referred(late)
    for model, known_ids in drafted.referred.items():
        spoken[model] |= known_ids
    with checked_as_sets(NEW_TABLES, spoken):
        copy_columns("leads_records_lead", {"id": ids, **late}, len(ids), drafted.lines)
        _open_deals(ids, [entry for entry in drafted.special if len(entry.passages) > 1], terms)


def _come(late: Mapping[str, list[Any]], known: Known) -> dict[str, list[Any]]:
    """The late columns with ids where names stood: what they name is made by now."""
    come: dict[str, list[Any]] = {}
    for column in late.keys() & MADE.keys():
        names = known.names[MADE[column]]
        come[column] = [names.find(value) if type(value) is str else value for value in late[column]]
    if "company_id" in late:
        found = {pair: known.companies.must_find(*pair) for pair in {v for v in late["company_id"] if type(v) is tuple}}
        pairs = zip(late["company_id"], late["company_name"], strict=True)
        companies = [found[pk] if type(pk) is tuple else (pk, name) for pk, name in pairs]
        come["company_id"], come["company_name"] = (list(column) for column in zip(*companies, strict=True))
    return come


def _open_deals(leads: Sequence[int], several: Sequence[Entry], terms: Terms) -> None:
    """Open the first deals of `leads`, each in its first stage but for those that passed `several`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH opened AS ("
            "INSERT INTO leads_records_deal (lead_id, number, is_current, opened_at, stage_id, furthest_stage_id, "
            "offering_id, value, currency, value_base, closed_at, outcome, reason_id, reason_text) "
            "SELECT lead.id, 1, true, lead.created_at, lead.stage_id, lead.furthest_stage_id, lead.offering_id, "
            "lead.value, lead.currency, lead.value_base, lead.closed_at, "
            "CASE WHEN lead.closed_at IS NULL THEN '' ELSE stage.kind END, lead.lost_reason_id, '' "
            "FROM leads_records_lead lead JOIN leads_funnel_stage stage ON stage.id = lead.stage_id "
            "WHERE lead.id = ANY(%s::bigint[]) RETURNING id, lead_id, stage_id, opened_at) "
            "INSERT INTO leads_records_stagepassage (deal_id, stage_id, entered_at, by_id) "
            "SELECT id, stage_id, opened_at, %s FROM opened WHERE lead_id <> ALL(%s::bigint[])",
            [
                as_array(leads),
                terms.by.pk if terms.by else None,
                as_array(entry.pk for entry in several),
            ],
        )
    _insert_passages(several, terms)
    _write_reasons([entry for entry in several if entry.reason_text])


def _write_reasons(entries: Sequence[Entry]) -> None:
    """Keep the words that stand beside reasons on the deals of `entries`."""
    if not entries:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE leads_records_deal deal SET reason_text = told.words "
            "FROM unnest(%s::bigint[], %s::text[]) AS told (lead_id, words) "
            "WHERE deal.lead_id = told.lead_id AND deal.is_current",
            [as_array(entry.pk for entry in entries), as_array(entry.reason_text for entry in entries)],
        )


def _insert_passages(entries: Sequence[Entry], terms: Terms) -> None:
    if not entries:
        return
    rows = [(entry.pk, p.stage_id, p.entered_at, p.left_at) for entry in entries for p in entry.passages]
    leads, stages, entered, left = (list(column) for column in zip(*rows, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO leads_records_stagepassage (deal_id, stage_id, entered_at, left_at, by_id) "
            "SELECT deal.id, passage.stage_id, passage.entered_at, passage.left_at, %s "
            "FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[], %s::timestamptz[]) "
            "AS passage (lead_id, stage_id, entered_at, left_at) "
            "JOIN leads_records_deal deal ON deal.lead_id = passage.lead_id AND deal.is_current",
            [terms.by.pk if terms.by else None, leads, stages, entered, left],
        )


def _mark(entries: Sequence[Entry], known: Known) -> None:
    for key, kind in TO_MANY.items():
        names = known.names[kind]
        pairs = {(entry.pk, names.find(name)) for entry in entries for name in entry.marks.get(key, ())}
        if pairs:
            leads, marks = (list(column) for column in zip(*pairs, strict=True))
            with connection.cursor() as cursor:
                cursor.execute(
                    f"INSERT INTO leads_records_lead_{key} (lead_id, {kind}_id) "  # noqa: S608 - our own names
                    "SELECT * FROM unnest(%s::bigint[], %s::bigint[]) ON CONFLICT DO NOTHING",
                    [leads, marks],
                )


def move(entries: Sequence[Entry], terms: Terms) -> None:
    """End the present stays of stored leads and begin the next, with what their deals copy of it."""
    if not entries:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE leads_records_stagepassage passage SET left_at = moved.at "
            "FROM unnest(%s::bigint[], %s::timestamptz[]) AS moved (lead_id, at) "
            "JOIN leads_records_deal deal ON deal.lead_id = moved.lead_id AND deal.is_current "
            "WHERE passage.deal_id = deal.id AND passage.left_at IS NULL",
            [[entry.pk for entry in entries], [entry.passages[0].entered_at for entry in entries]],
        )
        cursor.execute(
            "UPDATE leads_records_deal deal SET stage_id = lead.stage_id, closed_at = lead.closed_at, "
            "outcome = CASE WHEN lead.closed_at IS NULL THEN '' ELSE stage.kind END, reason_id = lead.lost_reason_id, "
            "reason_text = '', furthest_stage_id = CASE WHEN stage.kind IN ('open', 'won') "
            "AND stage.position > furthest.position THEN stage.id ELSE deal.furthest_stage_id END "
            "FROM leads_records_lead lead, leads_funnel_stage stage, leads_funnel_stage furthest "
            "WHERE lead.id = ANY(%s) AND deal.lead_id = lead.id AND deal.is_current AND stage.id = lead.stage_id "
            "AND furthest.id = deal.furthest_stage_id",
            [[entry.pk for entry in entries]],
        )
    _write_reasons([entry for entry in entries if entry.reason_text])
    _insert_passages(entries, terms)


def _tell(drafted: Drafted, changed: Sequence[Entry], terms: Terms) -> None:
    """The journal: where each new lead came from, and what was changed and moved."""
    moved = [entry for entry in changed if entry.is_moved]
    move(moved, terms)
    if drafted.new:
        journal.record_select(
            "lead.imported",
            "SELECT %(at)s::timestamptz, 'lead', id, 'lead', id, jsonb_build_object('file', %(file)s::text, 'row', line, "
            "'import', %(import)s::bigint), '{}'::jsonb, false "
            "FROM unnest(%(ids)s::bigint[], %(lines)s::integer[]) AS made (id, line)",
            {
                "at": terms.at,
                "file": terms.file,
                "import": terms.import_id,
                "ids": as_array(entry.pk for entry in drafted.new),
                "lines": drafted.rows,
            },
            by=terms.by,
        )
    closed = [entry for entry in drafted.special if entry.moves and entry.moves[0].line == entry.line]
    _record("lead.created", [(entry, entry.values["created_at"], _created(entry), {}) for entry in closed], terms)
    told = [entry for entry in (*drafted.special, *changed) if entry.moves or entry.edits]
    moves = [(entry, move) for entry in told for move in entry.moves]
    _record("lead.moved", [(e, m.at, _moved(e, m, terms), _in_own_words(m)) for e, m in moves], terms)
    for verb, of_hands in (("lead.edited", False), ("lead.assigned", True)):
        edits = [
            (entry, terms.at, _where(terms, line), {"changes": facts})
            for entry in told
            for line, changes in entry.edits
            if (facts := [change.as_fact() for change in changes if (change.field in HANDS) is of_hands])
        ]
        _record(verb, edits, terms)


def _where(terms: Terms, line: int) -> dict[str, Any]:
    return {"file": terms.file, "row": line, "import": terms.import_id}


def _created(entry: Entry) -> dict[str, Any]:
    return {"stage": entry.moves[0].came_from.name}


def _moved(entry: Entry, move: Move, terms: Terms) -> dict[str, Any]:
    return {
        "came_from": move.came_from.name,
        "from_stage": move.came_from.slug,
        "to": move.to.name,
        "to_stage": move.to.slug,
        "seconds": move.seconds,
        "deal": entry.deal_number,
        "reason": move.why.reason.name if move.why else "",
        **_where(terms, move.line),
    }


def _in_own_words(move: Move) -> dict[str, Any]:
    return {"reason_text": move.why.text} if move.why and move.why.text else {}


def _record(verb: str, told: Sequence[tuple[Entry, Any, dict[str, Any], dict[str, Any]]], terms: Terms) -> None:
    if not told:
        return
    journal.record_select(
        verb,
        "SELECT at, 'lead', id, 'lead', id, facts::jsonb, personal::jsonb, is_demo "
        "FROM unnest(%(at)s::timestamptz[], %(ids)s::bigint[], %(facts)s::text[], %(personal)s::text[], "
        "%(demo)s::boolean[]) AS told (at, id, facts, personal, is_demo)",
        {
            "at": [at for _, at, _, _ in told],
            "ids": [entry.pk for entry, _, _, _ in told],
            "facts": [json.dumps(facts) for _, _, facts, _ in told],
            "personal": [json.dumps(personal, default=str) for _, _, _, personal in told],
            "demo": [bool(entry.values.get("is_demo")) for entry, _, _, _ in told],
        },
        by=terms.by,
    )
