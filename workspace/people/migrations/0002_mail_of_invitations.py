"""Invitations say when their mail is due, and are mailed with a secret made then."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("workspace_people", "0001_people_departments_invitations"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="department",
            options={"ordering": ["key"], "verbose_name": "department", "verbose_name_plural": "departments"},
        ),
        migrations.AlterModelOptions(
            name="invitation",
            options={
                "ordering": ["-invited_at", "-pk"],
                "verbose_name": "invitation",
                "verbose_name_plural": "invitations",
            },
        ),
        migrations.AddField(
            model_name="invitation",
            name="mail_due_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="invitation",
            name="mail_tries",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="invitation",
            name="mailed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name="invitation",
            name="digest",
            field=models.CharField(editable=False, max_length=64, null=True, unique=True),
        ),
        migrations.AlterField(
            model_name="invitation",
            name="role",
            field=models.CharField(
                choices=[
                    ("marketer", "Marketer"),
                    ("rep", "Rep"),
                    ("department lead", "Department lead"),
                    ("revenue lead", "Revenue lead"),
                    ("administrator", "Administrator"),
                    ("read-only", "Read-only"),
                ],
                max_length=30,
                verbose_name="role",
            ),
        ),
    ]
