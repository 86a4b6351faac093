"""Giving all that one person looks after into other hands, in sets: what is asked when somebody leaves."""

import json
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import BigIntegerField, Case, F, Model, Q, QuerySet, When

from leads.records.actions import steps
from leads.records.actions.seen import Changed
from leads.records.models import Company, Lead
from workspace.journal import actions as journal
from workspace.people.models import Person

# By which columns a lead is in somebody's hands.
_HANDS: Final = ("owner", "marketer", "to_sort_by")
_LEADS_TOLD: Final = """
SELECT %(at)s::timestamptz, 'lead', lead.id, 'lead', lead.id, '{}'::jsonb, jsonb_build_object('changes', (
    SELECT jsonb_agg(hand.change) FROM (VALUES (had.owner, %(c_owner)s::jsonb), (had.marketer, %(c_marketer)s::jsonb),
        (had.to_sort_by, %(c_to_sort_by)s::jsonb)) AS hand (is_changed, change)
    WHERE hand.is_changed
)), lead.is_demo
FROM unnest(%(ids)s::bigint[], %(owner)s::boolean[], %(marketer)s::boolean[], %(to_sort_by)s::boolean[])
    AS had (id, owner, marketer, to_sort_by)
JOIN leads_records_lead lead ON lead.id = had.id
"""
_COMPANIES_TOLD: Final = """
SELECT %(at)s::timestamptz, 'company', id, 'company', id, jsonb_build_object('changes', jsonb_build_array(%(change)s::jsonb)),
    '{}'::jsonb, is_demo
FROM leads_records_company WHERE id = ANY(%(ids)s)
"""


def leads_of(person: Person) -> QuerySet[Lead]:
    """The open leads that `person` owns, markets or sorts. Those that are closed stay theirs: it is what they did."""
    hands = Q(owner=person) | Q(marketer=person) | Q(to_sort_by=person)
    return Lead.objects.living().open().filter(hands)


def accounts_of(person: Person) -> QuerySet[Company]:
    return Company.objects.living().filter(account_owner=person)


@transaction.atomic
def hand_over_leads(person: Person, to: Person, *, by: Person | None, at: datetime) -> int:
    """Give all open leads of `person` to `to`, with their next steps, and return how many they were.

    Costs the same statements for any number of leads. Whoever calls this has asked whether `by` may.
    """
    held = list(leads_of(person).order_by("pk").select_for_update(no_key=True).values_list("pk", *_HANDS))
    if not held:
        return 0
    ids = [pk for pk, *_hands in held]
    number = BigIntegerField()
    hands = {
        key: Case(When(**{key: person}, then=to.pk), default=F(f"{key}_id"), output_field=number) for key in _HANDS
    }
    Lead.objects.filter(pk__in=ids).update(**hands)
    steps.follow(ids, by=by, at=at)
    had = {key: [row[place] == person.pk for row in held] for place, key in enumerate(_HANDS, start=1)}
    changes = {f"c_{key}": _change(Lead, key, person, to) for key in _HANDS}
    facts = {"at": at, "ids": ids, **had, **changes}
    return journal.record_select("lead.assigned", _LEADS_TOLD, facts, by=by)


@transaction.atomic
def hand_over_accounts(person: Person, to: Person, *, by: Person | None, at: datetime) -> int:
    """Let `to` look after all companies that `person` looks after, and return how many they were.

    Costs the same statements for any number of companies. Whoever calls this has asked whether `by` may.
    """
    ids = list(accounts_of(person).order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
    if not ids:
        return 0
    Company.objects.filter(pk__in=ids).update(account_owner=to)
    facts = {"at": at, "ids": ids, "change": _change(Company, "account_owner", person, to)}
    return journal.record_select("company.edited", _COMPANIES_TOLD, facts, by=by)


def _change(model: type[Model], key: str, person: Person, to: Person) -> str:
    """The change of one field as the journal keeps it, in JSON."""
    field: Any = model._meta.get_field(key)
    return json.dumps(Changed.between(key, str(field.verbose_name).capitalize(), person, to).as_fact())
