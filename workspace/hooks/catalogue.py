"""The catalogue: the events that a webhook can hear of are the verbs of the journal that do not stay in the house."""

from workspace import verbs
from workspace.verbs import Verb


def events() -> dict[str, Verb]:
    """All events by key, in the order in which rooms registered them."""
    return {key: verb for key, verb in verbs.entries().items() if verb.webhook}
