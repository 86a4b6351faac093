"""What the page kit makes known: its options."""

import workspace.pages.options  # noqa: F401 - declares them
