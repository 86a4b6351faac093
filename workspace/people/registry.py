"""What people make known: the administrators' default permissions, and the step that grants all rooms' defaults."""

from django.db.models.signals import post_migrate

from workspace.people import roles
from workspace.people.granting import grant_defaults

roles.grant(
    [
        *(f"workspace_people.{act}_person" for act in ("view", "add", "change")),
        *(f"workspace_people.{act}_department" for act in ("view", "change")),
        *(f"workspace_people.{act}_invitation" for act in ("view", "add", "delete")),
        *(f"auth.{act}_group" for act in ("view", "change")),
    ],
    [roles.Role.ADMINISTRATOR],
)
roles.grant(["workspace_people.view_person"], roles.EVERYBODY)

post_migrate.connect(grant_defaults, dispatch_uid="workspace.people.grant_defaults")
