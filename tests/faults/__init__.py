"""What breaks in production, done on purpose: `make faults`. See `docs/reliability.md`."""
