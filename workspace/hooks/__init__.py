"""How other programs come in: access tokens, hashed at rest."""
