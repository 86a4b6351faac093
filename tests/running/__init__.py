"""Starting, stopping and recovering, with real processes."""
