"""Money: ISO 4217 currencies, the workspace's own currency, and dated rates."""
