"""Changing fields of leads, one or many at once, with old and new values in the journal."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from leads.records import custom, fields
from leads.records.actions import rules, steps
from leads.records.actions.creating import TO_MANY, link_company
from leads.records.actions.resolving import Origin, resolve
from leads.records.actions.seen import Changed, Seen, demand_seen, stale
from leads.records.fields import FIELDS
from leads.records.models import Deal, Lead
from leads.records.telephones import telephone_key
from leads.records.values import merged_consent
from workspace.journal import actions as journal
from workspace.people.models import Person

# Whose change is told apart from other edits: who looks after the lead now.
HANDS = ("owner", "marketer")
DEAL_COLUMNS = ("offering", "value", "currency", "value_base")


def change(
    lead: Lead, values: Mapping[str, object], *, by: Person | None, at: datetime, seen: Seen | None = None
) -> Lead:
    """Change one lead, and return it as stored; see `change_many`. `seen` are the marks of what its author was shown.

    Raises:
        Lead.DoesNotExist: it was deleted meanwhile.
        ChangedMeanwhile: somebody else changed one of the same fields since; then nothing is changed.
    """
    rules.demand_change(by)
    with rules.told_when_taken(values, [lead]):
        stored = _change_many([lead], values, Origin(by, at), seen or {})
    if not stored:
        raise Lead.DoesNotExist
    return stored[0]


def change_many(leads: Sequence[Lead], values: Mapping[str, object], *, by: Person | None, at: datetime) -> list[Lead]:
    """Set the same `values` (by the keys of `fields.EDITABLE`, and `custom`) on all `leads`, and return them as stored.

    What is equal already is neither written nor journalled. A custom field set to nothing is removed;
    one that is required is not.

    Raises:
        PermissionDenied: `by` may not change leads.
        ValidationError: by field; then nothing is changed on any lead.
    """
    rules.demand_change(by)
    with rules.told_when_taken(values, leads):
        return _change_many(leads, values, Origin(by, at), {})


@transaction.atomic
def _change_many(leads: Sequence[Lead], values: Mapping[str, object], origin: Origin, seen: Seen) -> list[Lead]:
    given = dict(values)
    own = custom.clean("lead", given.pop("custom", {}))
    if fixed := sorted(set(given) & (set(FIELDS) - {*fields.EDITABLE, "company_domain"})):
        raise ValidationError({key: _("This cannot be changed here.") for key in fixed})
    resolved = resolve(fields.clean(given), origin)
    stored = rules.lock(leads)
    happenings = [happening for lead in stored.values() for happening in _change_one(lead, resolved, own, origin, seen)]
    if steps.FOLLOWED & resolved.keys():
        steps.follow(stored, by=origin.by, at=origin.at)
    journal.record_many(happenings, by=origin.by)
    return list(stored.values())


def _change_one(
    lead: Lead, resolved: dict[str, Any], own: custom.Given, origin: Origin, seen: Seen
) -> list[journal.Happening]:
    gone = stale(lead, seen)
    changes = [*_set_columns(lead, resolved, origin), *_set_custom(lead, own), *_set_many(lead, resolved)]
    if not changes:
        return []
    demand_seen(lead, changes, gone)
    rules.demand_identity(lead)
    rules.demand_unique(lead)
    if {"next_step", "next_step_at"} & resolved.keys():
        rules.demand_whole_step(lead)
    if {"asleep_until", "asleep_reason"} & resolved.keys():
        rules.demand_whole_sleep(lead)
    if any(change.field in (*HANDS, "next_step", "asleep_until") for change in changes):
        rules.take_up(lead)
    former = lead.version
    lead.save(update_fields=sorted(_written(lead)))
    lead.refresh_from_db(fields=["version", "sort_name", "search_text"])
    if lead.version == former:  # only tags or interests, which the trigger that counts versions does not see
        Lead.objects.filter(pk=lead.pk).update(version=F("version") + 1)
        lead.version += 1
    if any(change.field in DEAL_COLUMNS for change in changes):
        current = Deal.objects.filter(lead=lead, is_current=True)
        current.update(**{column: getattr(lead, column) for column in DEAL_COLUMNS})
    hands = [change for change in changes if change.field in HANDS]
    rest = [change for change in changes if change.field not in HANDS]
    return [
        journal.Happening(
            verb, lead, origin.at, facts={"changes": [one.as_fact() for one in told]}, is_demo=lead.is_demo
        )
        for verb, told in (("lead.assigned", hands), ("lead.edited", rest))
        if told
    ]


def _written(lead: Lead) -> set[str]:
    columns = {key for key in fields.EDITABLE if key not in TO_MANY}
    return columns | {"company_name", "phone_key", "value_base", "consent_at", "custom", "to_sort_by", "to_sort_until"}


def _set_columns(lead: Lead, resolved: dict[str, Any], origin: Origin) -> list[Changed]:
    before = {key: getattr(lead, key) for key in fields.EDITABLE if key not in TO_MANY}
    for key in before.keys() & resolved.keys():
        setattr(lead, key, merged_consent(lead.consent, resolved[key]) if key == "consent" else resolved[key])
    if "asleep_until" in resolved and lead.asleep_until is None and "asleep_reason" not in resolved:
        lead.asleep_reason = ""  # whoever wakes a lead takes the reason with it
    if "company_domain" in resolved or "company" in resolved:
        link_company(lead, resolved.get("company_domain", ""), origin)
    if "phone" in resolved:
        lead.phone_key = telephone_key(lead.phone)
    if {"value", "currency"} & resolved.keys():
        for key, value in rules.worth({"value": lead.value, "currency": lead.currency}, at=origin.at).items():
            setattr(lead, key, value)
    if lead.consent != before["consent"]:
        lead.consent_at = origin.at
    return [
        Changed.between(key, str(FIELDS[key].label), old, getattr(lead, key))
        for key, old in before.items()
        if old != getattr(lead, key)
    ]


def _set_custom(lead: Lead, own: custom.Given) -> list[Changed]:
    changes = [Changed(*change) for change in own.changes(lead.custom)]
    lead.custom = own.onto(lead.custom)
    return changes


def _set_many(lead: Lead, resolved: dict[str, Any]) -> list[Changed]:
    changes = []
    for key in TO_MANY:
        if key not in resolved:
            continue
        manager = getattr(lead, key)
        old = sorted(str(one) for one in manager.all())
        new = sorted(str(one) for one in resolved[key])
        if old != new:
            manager.set(resolved[key])
            changes.append(Changed(key, str(FIELDS[key].label), old, new))
    return changes
