"""What pages call these things."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("workspace_hooks", "0001_tokens"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="token",
            options={
                "ordering": ["-created_at", "-pk"],
                "verbose_name": "access token",
                "verbose_name_plural": "access tokens",
            },
        ),
    ]
