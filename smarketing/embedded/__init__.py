"""The embedded PostgreSQL: the server that a workspace brings along when no `DATABASE_URL` is given."""
