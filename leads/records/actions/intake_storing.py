"""Writing what an intake decided: set by set, by COPY and statements over arrays of ids, with the journal."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import Model

from leads.funnel.models import Reason, Stage
from leads.records.actions import steps
from leads.records.actions.changing import HANDS
from leads.records.actions.intake_entries import PLAIN, REFERENCES, TEXTS, Entry, Move
from leads.records.actions.intake_known import NAMED, TO_MANY, Known
from leads.records.actions.intake_rows import Terms
from leads.records.models import Company
from leads.records.telephones import telephone_key
from workspace.copying import Column, as_array, checked_as_sets, copy_columns
from workspace.journal import actions as journal
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
_json = json.JSONEncoder().encode
ONLY_NEW = ("created_at", "to_sort_by_id", "to_sort_until")
REFERRED = {f"{key}_id": NAMED[kind][0] for key, kind in REFERENCES.items()} | {
    "stage_id": Stage, "furthest_stage_id": Stage, "lost_reason_id": Reason, "company_id": Company, "to_sort_by_id": Person,
}  # fmt: skip
# Columns of references whose records are made where they do not exist, with the kind of record.
_MADE = {f"{key}_id": kind for key, kind in REFERENCES.items() if NAMED[kind][2]}
NEW_TABLES = ("leads_records_lead", "leads_records_deal", "leads_records_stagepassage")


def store(
    entries: Sequence[Entry],
    companies: Sequence[tuple[str, str]],
    *,
    terms: Terms,
    known: Known,
    drafted: Mapping[str, Column] | None = None,
) -> None:
    """Write all that is new or changed; new entries get their ids. Runs inside the caller's transaction.

    `companies` are the names and domains of which rows spoke that came in: unknown ones are made, domains completed. `drafted`
    is the `draft` of the new entries where it was made before.
    """
    new = [entry for entry in entries if entry.is_new]
    changed = [entry for entry in entries if not entry.is_new and (entry.edits or entry.moves)]
    known.companies.make(companies, at=terms.at, file=terms.file, by=terms.by)
    _make_references([*new, *changed], terms=terms, known=known)
    if new:
        _insert(new, drafted or draft(new, terms, Turns()), terms)
    if changed:
        _change(changed)
    _mark([*new, *changed], known)
    stepping = [entry for entry in new if entry.values.get("next_step_at")]
    stepping += [entry for entry in changed if _may_step_otherwise(entry)]
    steps.follow([entry.pk for entry in stepping], by=terms.by, at=terms.at)
    _tell(new, changed, terms)


def _may_step_otherwise(changed: Entry) -> bool:
    return changed.is_moved or any(one.field in steps.FOLLOWED for _line, told in changed.edits for one in told)


def _referred(columns: Mapping[str, Column], new: Sequence[Entry], terms: Terms) -> dict[type[Model], set[int]]:
    """The ids of all records to which new leads, their deals and passages refer, by model."""
    referred: dict[type[Model], set[int]] = {
        Stage: {passage.stage_id for entry in new for passage in entry.passages},
        Person: {terms.by.pk} if terms.by else set(),
    }
    for column, model in REFERRED.items():
        values = columns[column]
        referred.setdefault(model, set()).update(set(values if isinstance(values, list) else [values]) - {None})
    return referred


def _make_references(entries: Sequence[Entry], *, terms: Terms, known: Known) -> None:
    """Make what is named and does not exist yet, and put ids where names stood."""
    waiting: dict[str, list[tuple[dict[str, Any], str]]] = {}
    for key in set().union(*(entry.values for entry in entries)) & _MADE.keys():
        named = [(entry.values, key) for entry in entries if type(entry.values.get(key)) is str]
        waiting.setdefault(_MADE[key], []).extend(named)
    for kind, names in known.names.items():
        marks = [key for key, of in TO_MANY.items() if of == kind]
        marked = [name for key in marks for entry in entries if key in entry.marks for name in entry.marks[key]]
        wanted = dict.fromkeys([*(values[column] for values, column in waiting.get(kind, ())), *marked])
        names.make(wanted, by=terms.by, at=terms.at)
        for values, column in waiting.get(kind, ()):
            values[column] = names.find(values[column])
    _link_companies([entry for entry in entries if type(entry.values.get("company_id")) is tuple], known)


def _link_companies(entries: Sequence[Entry], known: Known) -> None:
    for entry in entries:
        company = known.companies.find(*entry.values["company_id"])
        assert company is not None, "it was made just now"
        entry.values["company_id"], entry.values["company_name"] = company.pk, company.name


def _number(new: Sequence[Entry]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(sequence) FROM (SELECT pg_get_serial_sequence('leads_records_lead', 'id')::regclass "
            "AS sequence OFFSET 0) AS of_leads, generate_series(1, %s)",
            [len(new)],
        )
        for entry, (pk,) in zip(new, cursor.fetchall(), strict=True):
            entry.pk = pk


def draft(new: Sequence[Entry], terms: Terms, turns: Turns) -> dict[str, Column]:
    """What is stored of leads that are to be made, as columns: all but their ids, and those of what they refer to."""
    for entry in new:
        if entry.values.get("consent"):
            entry.values["consent_at"] = terms.at
    columns = _columns(new, turns.paced((*FINAL, *ONLY_NEW), every=1))
    # Coming in is a lead's first activity: else new leads would stand last where lists are sorted by it.
    columns["last_activity_at"] = columns["created_at"]
    columns["created_by_id"] = terms.by.pk if terms.by else None
    return columns


def _columns(entries: Sequence[Entry], wanted: Iterable[str]) -> dict[str, Column]:
    values = [entry.values for entry in entries]
    present = set().union(*values)
    columns: dict[str, Column] = {}
    for column in wanted:
        empty = EMPTY.get(column)
        columns[column] = [of.get(column, empty) for of in values] if column in present else empty
    for column in {"consent", "custom"} & present:
        columns[column] = [_json(given) if (given := of.get(column)) else "{}" for of in values]
    if "phone" in present:
        columns["phone_key"] = [telephone_key(phone) if (phone := of.get("phone")) else "" for of in values]
    return columns


def _insert(new: Sequence[Entry], drafted: Mapping[str, Column], terms: Terms) -> None:
    """Store new leads with their first deals and the stages that these passed."""
    _number(new)
    columns = {"id": [entry.pk for entry in new], **drafted, **_columns(new, REFERRING_COLUMNS)}
    with checked_as_sets(NEW_TABLES, _referred(columns, new, terms)):
        copy_columns("leads_records_lead", columns, len(new))
        _open_deals(new, terms)


def _open_deals(new: Sequence[Entry], terms: Terms) -> None:
    several = [entry for entry in new if len(entry.passages) > 1]
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
                as_array(entry.pk for entry in new),
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


def _change(changed: Sequence[Entry]) -> None:
    """Write the changed leads by one statement, and what their deals copy of them."""
    columns = ", ".join(WRITTEN)
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMP TABLE intake_changed ON COMMIT DROP AS "  # noqa: S608 - our own columns
            f"SELECT id, {columns} FROM leads_records_lead WHERE false"
        )
    ids = [entry.pk for entry in changed]
    copy_columns("intake_changed", {"id": ids, **_columns(changed, WRITTEN)}, len(changed))
    with connection.cursor() as cursor:
        settings = ", ".join(f"{column} = new.{column}" for column in WRITTEN)
        cursor.execute(
            f"UPDATE leads_records_lead lead SET {settings} FROM intake_changed new WHERE new.id = lead.id"  # noqa: S608
        )
        cursor.execute("DROP TABLE intake_changed")
        cursor.execute(
            "UPDATE leads_records_deal deal SET offering_id = lead.offering_id, value = lead.value, "
            "currency = lead.currency, value_base = lead.value_base FROM leads_records_lead lead "
            "WHERE lead.id = ANY(%s::bigint[]) AND deal.lead_id = lead.id AND deal.is_current",
            [as_array(ids)],
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


def _tell(new: Sequence[Entry], changed: Sequence[Entry], terms: Terms) -> None:
    """The journal: where each new lead came from, and what was changed and moved."""
    moved = [entry for entry in changed if entry.is_moved]
    move(moved, terms)
    if new:
        journal.record_select(
            "lead.imported",
            "SELECT %(at)s::timestamptz, 'lead', id, 'lead', id, jsonb_build_object('file', %(file)s::text, 'row', line, "
            "'import', %(import)s::bigint), '{}'::jsonb, false "
            "FROM unnest(%(ids)s::bigint[], %(lines)s::integer[]) AS made (id, line)",
            {
                "at": terms.at,
                "file": terms.file,
                "import": terms.import_id,
                "ids": as_array(entry.pk for entry in new),
                "lines": as_array(entry.line for entry in new),
            },
            by=terms.by,
        )
    closed = [entry for entry in new if entry.moves and entry.moves[0].line == entry.line]
    _record("lead.created", [(entry, entry.values["created_at"], _created(entry), {}) for entry in closed], terms)
    told = [entry for entry in (*new, *changed) if entry.moves or entry.edits]
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
