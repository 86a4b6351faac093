"""The API kit: tokens, scopes, keyset pages, problem+json, shared by every room's viewsets."""
