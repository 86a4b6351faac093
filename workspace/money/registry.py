"""Who keeps the rates."""

from workspace.people import roles

roles.grant(
    [f"workspace_money.{act}_exchangerate" for act in ("view", "add", "change", "delete")], [roles.Role.ADMINISTRATOR]
)
