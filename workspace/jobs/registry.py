"""Who sees everybody's jobs."""

from workspace.people import roles

roles.grant(["workspace_jobs.view_job"], [roles.Role.ADMINISTRATOR])
