"""Writing columns of many stored leads, each lead its own values, and what their deals copy of them."""

from collections.abc import Mapping, Sequence

from django.db import connection

from leads.records.models import Lead
from workspace.copying import Column, as_array, copy_columns


def free_keys(leads: Sequence[int]) -> None:
    """Take the e-mail addresses and external ids off leads that get others: a set may hand them round."""
    if leads:
        Lead.objects.filter(pk__in=leads).update(email="", external_id="")


def write(leads: Sequence[int], columns: Mapping[str, Column]) -> None:
    """Write `columns`, as `copy_columns` takes them, of the leads with these ids, by one statement."""
    names = ", ".join(columns)
    settings = ", ".join(f"{column} = new.{column}" for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMP TABLE lead_written ON COMMIT DROP AS SELECT id, {names} FROM leads_records_lead WHERE false"  # noqa: S608
        )
        copy_columns("lead_written", {"id": list(leads), **columns}, len(leads))
        cursor.execute(f"UPDATE leads_records_lead lead SET {settings} FROM lead_written new WHERE new.id = lead.id")  # noqa: S608
        cursor.execute("DROP TABLE lead_written")


def copy_to_deals(leads: Sequence[int]) -> None:
    """Let the current deals of leads say what these say of offering and value."""
    if leads:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE leads_records_deal deal SET offering_id = lead.offering_id, value = lead.value, "
                "currency = lead.currency, value_base = lead.value_base FROM leads_records_lead lead "
                "WHERE lead.id = ANY(%s::bigint[]) AND deal.lead_id = lead.id AND deal.is_current",
                [as_array(leads)],
            )
