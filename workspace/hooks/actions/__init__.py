"""What changes access tokens; what changes webhooks is `actions.webhooks`."""

from workspace.hooks.actions.tokens import LONGEST_DAYS, PREFIX, create, digest_of, find, revoke

__all__ = ["LONGEST_DAYS", "PREFIX", "create", "digest_of", "find", "revoke"]
