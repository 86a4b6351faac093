"""How other programs come in, by access tokens, and how they hear of what happens, by webhooks."""
