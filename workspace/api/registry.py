"""What the API kit makes known: its options."""

import workspace.api.options  # noqa: F401 - declares them
