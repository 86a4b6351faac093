"""The journal's partitions are made after every migration, besides daily by the clock."""

from typing import Any

from django.db.models.signals import post_migrate
from django.utils import timezone

from workspace.journal.partitions import make_partitions
from workspace.people import roles


def _ahead(app_config: Any, **_signal: Any) -> None:
    if app_config.name == "workspace.journal":
        make_partitions(timezone.now())


post_migrate.connect(_ahead, dispatch_uid="workspace.journal.make_partitions")
roles.grant(["workspace_journal.view_journalentry"], [roles.Role.ADMINISTRATOR])
