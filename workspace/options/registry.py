"""Who may change the settings of the workspace."""

from workspace.people import roles

roles.grant(
    ["workspace_options.view_storedoption", "workspace_options.change_storedoption"],
    [roles.Role.ADMINISTRATOR, roles.Role.REVENUE_LEAD],
)
