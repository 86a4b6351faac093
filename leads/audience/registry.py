"""What personas make known: a subject, and who defines them until both departments write them together."""

from leads.audience.models import Persona
from leads.funnel.defining import definition_subject
from workspace import subjects
from workspace.people import roles

subjects.register(definition_subject(Persona))

roles.grant(["leads_audience.view_persona"], roles.EVERYBODY)
roles.grant([f"leads_audience.{act}_persona" for act in ("add", "change", "delete")], [roles.Role.ADMINISTRATOR])
