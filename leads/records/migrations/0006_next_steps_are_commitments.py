"""Next steps that leads have already become commitments of whoever has the lead."""

from django.db import migrations

MAKE = """
INSERT INTO workspace_commitments_commitment
  (kind, is_promise, text, debtor_id, debtor_department_id, subject_kind, subject_id, state, is_practice, made_by_id,
   started_at, due_at, runs_from, breached_at, escalation, pause_reason, answer, next_tick_at, is_demo)
SELECT 'next_step', false, lead.next_step, COALESCE(lead.owner_id, lead.marketer_id),
  CASE WHEN lead.owner_id IS NULL AND lead.marketer_id IS NULL THEN stage.department_id END,
  'lead', lead.id, 'running', false, NULL, now(), lead.next_step_at, now(),
  CASE WHEN lead.next_step_at < now() THEN lead.next_step_at END, 0, '', '',
  CASE WHEN lead.next_step_at >= now() THEN lead.next_step_at END, lead.is_demo
FROM leads_records_lead lead JOIN leads_funnel_stage stage ON stage.id = lead.stage_id
WHERE lead.next_step <> '' AND lead.next_step_at IS NOT NULL AND lead.deleted_at IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [
        ("leads_records", "0005_sleep_is_whole"),
        ("workspace_commitments", "0001_who_owes_whom_what"),
    ]

    operations = [
        migrations.RunSQL(MAKE, "DELETE FROM workspace_commitments_commitment WHERE kind = 'next_step'"),
    ]
