"""What pages call these things."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("workspace_jobs", "0001_jobs"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="job",
            options={"verbose_name": "job", "verbose_name_plural": "jobs"},
        ),
    ]
