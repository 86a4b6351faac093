"""What the project makes known: its options."""

import smarketing.options  # noqa: F401 - declares them
