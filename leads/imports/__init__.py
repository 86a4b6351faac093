"""Lead files in: looked at, mapped, previewed, and brought in at scale."""
