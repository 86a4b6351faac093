"""Who defines personas until both departments write them together."""

from workspace.people import roles

roles.grant(["leads_audience.view_persona"], roles.EVERYBODY)
roles.grant([f"leads_audience.{act}_persona" for act in ("add", "change", "delete")], [roles.Role.ADMINISTRATOR])
