"""Webhooks, and what is delivered to them: each message knows the transaction that wrote it."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

# The order of commits, which nothing but the database knows; and what waits, endpoint by endpoint, in that order.
ADD = """
ALTER TABLE workspace_hooks_delivery ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE INDEX delivery_waits ON workspace_hooks_delivery (endpoint_id, xid, id) WHERE state = 'waiting';
"""


class Migration(migrations.Migration):
    dependencies = [
        ("workspace_hooks", "0002_names_of_things"),
    ]

    operations = [
        migrations.CreateModel(
            name="Endpoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("url", models.CharField(max_length=500, verbose_name="address")),
                (
                    "events",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), size=None, verbose_name="events"
                    ),
                ),
                ("is_on", models.BooleanField(default=True, verbose_name="on")),
                ("secret", models.TextField(editable=False)),
                ("version", models.PositiveIntegerField(default=1)),
                ("made_at", models.DateTimeField()),
                ("failures", models.PositiveIntegerField(default=0)),
                ("failing_since", models.DateTimeField(null=True)),
                ("rests_until", models.DateTimeField(null=True)),
                ("switched_off_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "webhook",
                "verbose_name_plural": "webhooks",
                "ordering": ["name", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("is_on", False), ("switched_off_at", None), _connector="OR"),
                        name="webhook_that_is_on_was_not_switched_off",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("failing_since", None), ("failures", 0)),
                            models.Q(("failing_since__isnull", False), ("failures__gt", 0)),
                            _connector="OR",
                        ),
                        name="webhook_fails_since_a_moment",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("message_id", models.UUIDField(unique=True)),
                ("verb", models.CharField(max_length=60)),
                ("batch_id", models.UUIDField()),
                ("first_entry", models.BigIntegerField()),
                ("last_entry", models.BigIntegerField()),
                ("entries", models.PositiveIntegerField()),
                ("made_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waits for its next try"),
                            ("delivered", "Delivered"),
                            ("given_up", "Tried too often"),
                            ("empty", "Nothing is left to tell"),
                        ],
                        default="waiting",
                        max_length=9,
                    ),
                ),
                ("due_at", models.DateTimeField(null=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("tried_at", models.DateTimeField(null=True)),
                ("took_ms", models.PositiveIntegerField(null=True)),
                ("status", models.PositiveSmallIntegerField(null=True)),
                ("answer", models.CharField(blank=True, max_length=1000)),
                ("error", models.CharField(blank=True, max_length=300)),
                (
                    "endpoint",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="workspace_hooks.endpoint",
                    ),
                ),
            ],
            options={
                "verbose_name": "delivery",
                "verbose_name_plural": "deliveries",
                "indexes": [
                    models.Index(fields=["endpoint", "-id"], name="delivery_by_endpoint"),
                    models.Index(fields=["made_at"], name="delivery_by_age"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("due_at__isnull", False), ("state", "waiting")),
                            models.Q(models.Q(("state", "waiting"), _negated=True), ("due_at", None)),
                            _connector="OR",
                        ),
                        name="delivery_waits_for_a_moment",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("entries__gte", 1), ("first_entry__lte", models.F("last_entry"))),
                        name="delivery_tells_something",
                    ),
                ],
            },
        ),
        migrations.RunSQL(ADD, migrations.RunSQL.noop),
    ]
