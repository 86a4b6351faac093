"""The journal as a partitioned table whose rows are never changed."""

from django.conf import settings
from django.db import migrations, models

MAKE = """
CREATE SEQUENCE workspace_journal_entry_id_seq CACHE 50;
CREATE TABLE workspace_journal_entry (
    id bigint NOT NULL DEFAULT nextval('workspace_journal_entry_id_seq'),
    at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    batch_id uuid,
    actor_id bigint REFERENCES workspace_people_person DEFERRABLE INITIALLY DEFERRED,
    way varchar(6) NOT NULL,
    verb varchar(60) NOT NULL,
    subject_kind varchar(40) NOT NULL,
    subject_id bigint NOT NULL,
    thread_kind varchar(40) NOT NULL,
    thread_id bigint NOT NULL,
    facts jsonb NOT NULL DEFAULT '{}',
    personal jsonb NOT NULL DEFAULT '{}',
    is_demo boolean NOT NULL DEFAULT false,
    PRIMARY KEY (id, recorded_at)
) PARTITION BY RANGE (recorded_at);
ALTER SEQUENCE workspace_journal_entry_id_seq OWNED BY workspace_journal_entry.id;
CREATE TABLE workspace_journal_entry_rest PARTITION OF workspace_journal_entry DEFAULT;
CREATE INDEX journal_by_thread ON workspace_journal_entry (thread_kind, thread_id, at DESC, id DESC);
CREATE INDEX journal_by_verb ON workspace_journal_entry (verb, at);
CREATE INDEX journal_by_batch ON workspace_journal_entry (batch_id) WHERE batch_id IS NOT NULL;

CREATE FUNCTION workspace_journal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.is_demo AND current_setting('smarketing.journal_may_forget', true) = 'demo' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'The journal is append-only: % refused.', TG_OP USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER journal_is_append_only BEFORE UPDATE OR DELETE ON workspace_journal_entry
    FOR EACH ROW EXECUTE FUNCTION workspace_journal_is_append_only();
-- Also for a session that skips triggers, as imports do for foreign keys that they check as sets.
ALTER TABLE workspace_journal_entry ENABLE ALWAYS TRIGGER journal_is_append_only;
"""

DROP = """
DROP TABLE workspace_journal_entry;
DROP FUNCTION workspace_journal_is_append_only();
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(MAKE, DROP)],
            state_operations=[
                migrations.CreateModel(
                    name="JournalEntry",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("recorded_at", models.DateTimeField(db_default=models.functions.Now())),
                        ("batch_id", models.UUIDField(null=True)),
                        (
                            "way",
                            models.CharField(
                                choices=[
                                    ("web", "on a page"),
                                    ("api", "by the API"),
                                    ("admin", "in the administration"),
                                    ("import", "by an import"),
                                    ("worker", "by the workspace itself"),
                                ],
                                max_length=6,
                            ),
                        ),
                        ("verb", models.CharField(max_length=60)),
                        ("subject_kind", models.CharField(max_length=40)),
                        ("subject_id", models.BigIntegerField()),
                        ("thread_kind", models.CharField(max_length=40)),
                        ("thread_id", models.BigIntegerField()),
                        ("facts", models.JSONField(default=dict)),
                        ("personal", models.JSONField(default=dict)),
                        ("is_demo", models.BooleanField(default=False)),
                        (
                            "actor",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=models.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "journal entry",
                        "verbose_name_plural": "journal",
                        "db_table": "workspace_journal_entry",
                        "indexes": [
                            models.Index(fields=["thread_kind", "thread_id", "-at", "-id"], name="journal_by_thread"),
                            models.Index(fields=["verb", "at"], name="journal_by_verb"),
                            models.Index(
                                fields=["batch_id"],
                                condition=models.Q(("batch_id__isnull", False)),
                                name="journal_by_batch",
                            ),
                        ],
                    },
                ),
            ],
        ),
    ]
