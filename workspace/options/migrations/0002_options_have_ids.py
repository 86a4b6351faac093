"""Options get a number beside their key, by which the journal speaks of them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workspace_options", "0001_stored_options")]
    operations = [
        migrations.AlterField(
            model_name="storedoption", name="key", field=models.CharField(max_length=100, unique=True)
        ),
        migrations.AddField(
            model_name="storedoption",
            name="id",
            field=models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
        ),
        migrations.AlterModelOptions(
            name="storedoption", options={"verbose_name": "option", "verbose_name_plural": "options"}
        ),
    ]
