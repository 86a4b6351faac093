"""Who may do what with access tokens and webhooks: asked by actions, pages, API and administration alike."""

from workspace.hooks.models import Token
from workspace.people.models import Person


def may_make(by: Person, person: Person) -> bool:
    """Whether `by` may make a token that speaks for `person`: for oneself only, as a token is a way to act as them."""
    return by.pk == person.pk and by.has_perm("workspace_hooks.add_token")


def may_revoke(by: Person, token: Token) -> bool:
    """Whether `by` may end `token`: its person, and who administers tokens."""
    return by.pk == token.person_id or may_revoke_any(by)


def may_revoke_any(by: Person) -> bool:
    return by.has_perm("workspace_hooks.change_token")


def may_keep_webhooks(person: Person) -> bool:
    """Whether `person` decides which programs hear of what happens."""
    return person.has_perm("workspace_hooks.change_endpoint")
