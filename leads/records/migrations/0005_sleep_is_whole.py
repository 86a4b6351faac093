"""A lead sleeps until a day and for a reason, or not at all; who came in asleep without one gets the reason that it did."""

from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations
from django.db.models import CheckConstraint, Q

COMPLETE = """
UPDATE leads_records_lead SET asleep_reason = 'Brought in asleep' WHERE asleep_until IS NOT NULL AND asleep_reason = '';
UPDATE leads_records_lead SET asleep_reason = '' WHERE asleep_until IS NULL AND asleep_reason <> '';
"""


class Migration(migrations.Migration):
    # What was not checked yet cannot be validated in the transaction that completed it.
    atomic = False

    dependencies = [("leads_records", "0004_one_index_for_the_deals_of_a_lead")]
    operations = [
        migrations.RunSQL(COMPLETE, migrations.RunSQL.noop),
        AddConstraintNotValid(
            "lead",
            CheckConstraint(
                condition=Q(asleep_until=None, asleep_reason="")
                | (Q(asleep_until__isnull=False) & ~Q(asleep_reason="")),
                name="lead_sleep_is_whole",
            ),
        ),
        ValidateConstraint("lead", "lead_sleep_is_whole"),
    ]
