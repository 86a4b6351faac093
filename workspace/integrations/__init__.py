"""Pages on which people let other programs in: their access tokens."""
