"""Choices of custom fields that are no longer offered stay known: records hold them still."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("leads_records", "0008_columns_of_the_list")]

    operations = [
        migrations.AddField(
            "customfield",
            "retired_choices",
            models.JSONField(blank=True, default=list, editable=False, verbose_name="retired choices"),
        ),
    ]
