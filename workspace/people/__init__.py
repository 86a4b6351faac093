"""People, their departments and roles, and how they come in: by invitation only."""
