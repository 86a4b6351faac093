"""What pages call these things."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("workspace_money", "0001_exchange_rates"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="exchangerate",
            options={
                "ordering": ["currency", "-valid_from"],
                "verbose_name": "exchange rate",
                "verbose_name_plural": "exchange rates",
            },
        ),
        migrations.AlterField(
            model_name="exchangerate",
            name="currency",
            field=models.CharField(
                max_length=3,
                validators=[
                    django.core.validators.RegexValidator(
                        "^[A-Z]{3}\\Z", "A currency has three letters, as in EUR or USD."
                    )
                ],
                verbose_name="currency",
            ),
        ),
        migrations.AlterField(
            model_name="exchangerate",
            name="rate",
            field=models.DecimalField(
                decimal_places=8,
                max_digits=18,
                validators=[django.core.validators.MinValueValidator(0)],
                verbose_name="rate",
            ),
        ),
        migrations.AlterField(
            model_name="exchangerate",
            name="valid_from",
            field=models.DateField(verbose_name="valid from"),
        ),
    ]
