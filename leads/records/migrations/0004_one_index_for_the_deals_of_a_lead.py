"""The deals of a lead are found by `deal_number_is_unique_a_lead`; a second index on the same column only costs."""

import django.db.models.deletion
from django.db import migrations, models

INDEX = "leads_records_deal_lead_id_057adc25"


class Migration(migrations.Migration):
    dependencies = [("leads_records", "0003_fold_by_unaccent")]
    operations = [
        # By name: Django would drop every index of the column, that of `one_current_deal_a_lead` too.
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    f"DROP INDEX IF EXISTS {INDEX}",
                    f"CREATE INDEX IF NOT EXISTS {INDEX} ON leads_records_deal (lead_id)",
                )
            ],
            state_operations=[
                migrations.AlterField(
                    model_name="deal",
                    name="lead",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deals",
                        to="leads_records.lead",
                    ),
                )
            ],
        )
    ]
