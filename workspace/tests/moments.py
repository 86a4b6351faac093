"""The moment at which tests of the ground floor happen: a Tuesday noon."""

from datetime import UTC, datetime

NOW = datetime(2026, 11, 17, 12, tzinfo=UTC)
