"""`version` counts changes of what people write; derived columns do not change it."""

from django.db import migrations

WRITABLE = {
    "leads_records_lead": (
        "external_id", "first_name", "last_name", "email", "phone", "job_title", "company_id", "industry", "country",
        "city", "source_id", "campaign_id", "stage_id", "owner_id", "marketer_id", "persona_id", "buying_role",
        "offering_id", "value", "currency", "next_step", "next_step_at", "asleep_until", "asleep_reason",
        "to_sort_by_id", "to_sort_until", "crm_url", "consent", "custom", "closed_at", "lost_reason_id", "deleted_at",
        "merged_into_id",
    ),
    "leads_records_company": (
        "name", "domain", "industry", "country", "city", "phone", "people_count", "account_owner_id",
        "customer_since_date", "renewal_date", "custom", "deleted_at", "merged_into_id",
    ),
}  # fmt: skip

MAKE_FUNCTION = """
CREATE FUNCTION leads_next_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.version := OLD.version + 1;
    RETURN NEW;
END $$;
"""


def trigger(table: str, columns: tuple[str, ...]) -> str:
    old, new = (", ".join(f"{side}.{column}" for column in columns) for side in ("OLD", "NEW"))
    return (
        f"CREATE TRIGGER next_version BEFORE UPDATE ON {table} FOR EACH ROW "
        f"WHEN (({old}) IS DISTINCT FROM ({new})) EXECUTE FUNCTION leads_next_version();"
    )


class Migration(migrations.Migration):
    dependencies = [("leads_records", "0001_companies_leads_deals")]
    operations = [
        migrations.RunSQL(MAKE_FUNCTION, "DROP FUNCTION leads_next_version();"),
        *(
            migrations.RunSQL(trigger(table, columns), f"DROP TRIGGER next_version ON {table};")
            for table, columns in WRITABLE.items()
        ),
    ]
