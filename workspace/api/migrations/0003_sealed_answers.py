from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("workspace_api", "0002_call_counts"),
    ]

    operations = [
        # Whoever asks again for an answer of before is refused with 409, as ever: no call is carried out twice.
        migrations.RunSQL(
            "UPDATE workspace_api_keptanswer SET key = encode(sha256(convert_to(key, 'UTF8')), 'hex'), body = NULL",
            migrations.RunSQL.noop,
        ),
        migrations.AlterField(
            model_name="keptanswer",
            name="key",
            field=models.CharField(max_length=64),
        ),
    ]
