"""Setting fields of many leads at once, each to its own earlier value: for what no rule asks about."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from leads.records import custom
from leads.records.actions import rules
from leads.records.actions.seen import Changed
from leads.records.fields import FIELDS
from leads.records.models import Lead
from workspace.journal import actions as journal
from workspace.people.models import Person

# Texts that may say anything. Names are among them while something else tells the lead apart.
TEXTS = ("job_title", "industry", "country", "city", "buying_role", "crm_url")
NAMES = ("first_name", "last_name")


def is_free(lead: Lead, key: str, value: Any, definitions: Mapping[str, Any]) -> bool:
    """Whether a field can be set back without asking a rule."""
    if key == "custom":
        return set(value) <= definitions.keys()
    return key in TEXTS or (key in NAMES and any(getattr(lead, one) for one in rules.RECOGNISED_BY))


@transaction.atomic
def restore_many(
    leads: Sequence[Lead],
    values: Mapping[int, Mapping[str, Any]],
    *,
    by: Person | None,
    at: datetime,
    import_id: int,
) -> int:
    """Set `values` by lead id (texts and `custom`, those that are `is_free`) on `leads`, which are locked and living.

    The journal names the import (`import_id`) that is taken back by it.

    A custom field set to nothing is removed. What is so already is neither written nor journalled; returns how many changed.

    Raises:
        PermissionDenied: `by` may not change leads.
    """
    rules.demand_change(by)
    labels = {key: definition.label for key, definition in custom.definitions("lead").items()}
    told = [(lead, _set(lead, values.get(lead.pk, {}), labels)) for lead in leads]
    changed = [(lead, changes) for lead, changes in told if changes]
    if changed:
        _write([lead for lead, _changes in changed])
        journal.record_many(
            [
                journal.Happening(
                    "lead.edited",
                    lead,
                    at,
                    facts={"changes": [one.as_fact() for one in changes], "import": import_id},
                    is_demo=lead.is_demo,
                )
                for lead, changes in changed
            ],
            by=by,
        )
    return len(changed)


def _set(lead: Lead, values: Mapping[str, Any], labels: Mapping[str, str]) -> list[Changed]:
    changes = []
    for key, value in values.items():
        if key == "custom":
            changes += [
                Changed(f"custom.{one}", labels[one], lead.custom.get(one), new)
                for one, new in value.items()
                if lead.custom.get(one) != new
            ]
            lead.custom = {one: new for one, new in {**lead.custom, **value}.items() if new is not None}
        elif getattr(lead, key) != (value or ""):
            changes.append(Changed(key, str(FIELDS[key].label), getattr(lead, key), value or ""))
            setattr(lead, key, value or "")
    return changes


def _write(leads: Sequence[Lead]) -> None:
    columns = (*TEXTS, *NAMES)
    arrays = [[getattr(lead, column) for lead in leads] for column in columns]
    settings = ", ".join(f"{column} = new.{column}" for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE leads_records_lead lead SET {settings}, custom = new.custom::jsonb "  # noqa: S608 - our own columns
            f"FROM unnest(%s::bigint[], %s::text[]{', %s::text[]' * len(columns)}) AS new (id, custom, {', '.join(columns)}) "
            "WHERE lead.id = new.id",
            [[lead.pk for lead in leads], [json.dumps(lead.custom) for lead in leads], *arrays],
        )
